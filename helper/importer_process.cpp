#include "helper/importer_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

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

/// The importer gets the configuration's path and, if it is not empty, one more option.
bool run(const std::string& settings_path, const std::string& option_text) {
  std::string path = path_beside_this_program("leases-import");
  std::string option = "--config=" + settings_path;
  std::string further_option = option_text;
  std::array<char*, 4> arguments{path.data(), option.data(), further_option.data(), nullptr};

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
  return run(settings_path, "");
}

bool print_init_stream_of_files(const std::string& settings_path, const std::string& network) {
  return run(settings_path, "--init=" + network);
}

}  // namespace leases
