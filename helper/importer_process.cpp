#include "helper/importer_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "helper/complaint.h"

namespace leases {

namespace {

/// The link is followed, so it is the installed program even if dnsmasq calls it by another name.
std::string path_beside_this_program(std::string_view name) {
  std::array<char, 4096> path;
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return std::string(name);
  const std::string_view own(path.data(), static_cast<std::size_t>(length));
  return std::string(own.substr(0, own.rfind('/') + 1)).append(name);
}

/// The importer gets the configuration's path and these options.
bool run(const std::string& settings_path, std::vector<std::string> options) {
  std::string path = path_beside_this_program("leases-import");
  options.push_back("--config=" + settings_path);
  std::vector<char*> arguments{path.data()};
  for (std::string& option : options) arguments.push_back(option.data());
  arguments.push_back(nullptr);

  // Whoever started dnsmasq may have had SIGCHLD ignored, and then there would be nothing to wait for.
  ::signal(SIGCHLD, SIG_DFL);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, path.c_str(), nullptr, nullptr, arguments.data(), environ);
  if (error != 0) {
    complain(path + ": cannot be run: " + std::strerror(error) + "; install it beside leaseshelper");
    return false;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno == EINTR) continue;
    complain(path + ": cannot be waited for: " + std::strerror(errno));
    return false;
  }
  if (WIFSIGNALED(status)) complain(path + ": was ended by signal " + std::to_string(WTERMSIG(status)));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool run_importer(const std::string& settings_path) {
  return run(settings_path, {});
}

bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file) {
  return run(settings_path, {"--take=" + file});
}

bool print_init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                Reading reading) {
  std::vector<std::string> options{"--init=" + request.network};
  if (request.for_libvirt) options.emplace_back("--libvirt");
  if (reading == Reading::what_can_be_read) options.emplace_back("--what-can-be-read");
  return run(settings_path, std::move(options));
}

}  // namespace leases
