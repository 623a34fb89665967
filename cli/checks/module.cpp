#include <dlfcn.h>
#include <link.h>
#include <netdb.h>
#include <nss.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "cli/checks/checks.h"
#include "cli/checks/elf_file.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/open_to_others.h"
#include "cli/checks/remedy.h"
#include "store/index_copy.h"
#include "util/deadline.h"
#include "util/directory.h"
#include "util/process.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The functions that glibc calls in a module for hosts (nss/exports.map).
constexpr std::array kEntryPoints{
    "_nss_leases_gethostbyname4_r", "_nss_leases_gethostbyname3_r", "_nss_leases_gethostbyname2_r",
    "_nss_leases_gethostbyname_r",  "_nss_leases_gethostbyaddr2_r", "_nss_leases_gethostbyaddr_r",
    "_nss_leases_sethostent",       "_nss_leases_gethostent_r",     "_nss_leases_endhostent",
};

using Library = std::unique_ptr<void, int (*)(void*)>;

std::string path_of(const Library& library, const CheckContext& context) {
  link_map* map = nullptr;
  if (::dlinfo(library.get(), RTLD_DI_LINKMAP, static_cast<void*>(&map)) != 0 || map == nullptr)
    return context.module_name;
  return printable(map->l_name);
}

template <typename Function>
Function* function_of(const Library& library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library.get(), name));
}

bool finds_no_index(const Library& library) {
  auto* next =
      function_of<nss_status(hostent*, char*, std::size_t, int*, int*)>(library, "_nss_leases_gethostent_r");
  auto* begin = function_of<nss_status(int)>(library, "_nss_leases_sethostent");
  auto* end = function_of<nss_status()>(library, "_nss_leases_endhostent");
  hostent host{};
  std::array<char, 4096> buffer{};
  int error = 0;
  int host_error = 0;
  begin(0);
  const nss_status status = next(&host, buffer.data(), buffer.size(), &error, &host_error);
  end();
  return status == NSS_STATUS_UNAVAIL;
}

bool index_is_sound(const CheckContext& context) {
  std::string problem;
  const auto directory = Directory::open_existing(context.module_runtime);
  return directory && IndexCopy::of(*directory, problem);
}

/// Whether ldconfig(8) looks into a directory, as it says itself: "/usr/local/lib: (from /etc/ld.so.conf:2)".
bool is_known_to_ldconfig(const CheckContext& context, const std::string& directory) {
  constexpr std::chrono::seconds kLongest{10};
  // Directories that are configured and do not exist are told on standard error.
  const auto done =
      run_program({.arguments = {"sh", "-c", R"(exec "$1" -N -X -v 2>/dev/null)", "sh", context.ldconfig}},
                  Deadline(kLongest));
  if (!done) return false;
  return std::ranges::any_of(lines_of(done->output), [&](std::string_view line) {
    std::error_code error;
    return line.starts_with('/') &&
           std::filesystem::equivalent(line.substr(0, line.find(':')), directory, error);
  });
}

/// Makes the loader find what is in the module's directory.
std::string making_loader_look(const CheckContext& context) {
  const std::string directory = context.module.substr(0, context.module.rfind('/'));
  if (is_known_to_ldconfig(context, directory)) return "ldconfig";
  return adding_lines(context.loader, {directory}) + " && ldconfig";
}

/// Reports why the loader does not load it.
void check_installed_file(const CheckContext& context, const std::string& loader_error, Findings& findings) {
  struct stat status {};
  const std::string& path = context.module;
  if (::stat(path.c_str(), &status) != 0) {
    findings.problem(path + " is not installed, and the loader finds no other " + context.module_name +
                         install_advice(context),
                     install_command(context));
  } else if (!S_ISREG(status.st_mode)) {
    findings.problem(path + " is " + kind_of_file(status.st_mode) + ", not a file" + install_advice(context),
                     install_after("rm -r " + shell_word(path), context));
  } else if (loader_error.find("cannot open shared object file") != std::string::npos) {
    findings.problem("the loader does not look for " + path + " there", making_loader_look(context));
  } else {
    findings.problem("the loader does not load " + printable(loader_error) + install_advice(context),
                     install_command(context));
  }
}

}  // namespace

std::vector<Finding> check_module(const CheckContext& context) {
  Findings findings("module");
  struct stat status {};
  const bool installed = ::stat(context.module.c_str(), &status) == 0;
  if (installed && S_ISREG(status.st_mode) && (status.st_mode & 0444U) != 0444U) {
    findings.problem(context.module + " is not readable by everybody",
                     "chmod a+r " + shell_word(context.module));
    return std::move(findings).take();
  }
  if (installed && S_ISREG(status.st_mode) && is_open_to_others(context.module)) {
    findings.problem(open_to_others(context.module), closing(context.module));
    return std::move(findings).take();
  }
  if (is_cut_short(context.module)) {
    findings.problem(context.module + " is cut short (" + std::to_string(status.st_size) +
                         " bytes): it ends every program that loads it" + install_advice(context),
                     install_command(context));
    return std::move(findings).take();
  }
  // The loader would wait for the other end of a FIFO.
  const bool loadable = !installed || S_ISREG(status.st_mode);
  const Library library(loadable ? ::dlopen(context.module_name.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr,
                        [](void* handle) { return handle != nullptr ? ::dlclose(handle) : 0; });
  if (library == nullptr) {
    const char* error = loadable ? ::dlerror() : nullptr;
    check_installed_file(context, error != nullptr ? error : "", findings);
    return std::move(findings).take();
  }
  const std::string path = path_of(library, context);
  for (const char* name : kEntryPoints) {
    if (::dlsym(library.get(), name) != nullptr) continue;
    findings.problem(path + " has no " + name + ": it is not a module of nss-leases, or an old one" +
                         install_advice(context),
                     install_command(context));
    return std::move(findings).take();
  }
  if (finds_no_index(library) && index_is_sound(context)) {
    findings.problem(path + " does not read " + context.module_runtime + '/' + kIndexName +
                         ", which leasectl reads: it is of another version" + install_advice(context),
                     install_command(context));
  } else {
    findings.ok(path + " is loaded by its name");
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
