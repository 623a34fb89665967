#include "helper/importer_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "util/interruptions.h"
#include "util/log.h"

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

/// Whoever reads what this program prints waits until all that have its standard output open have ended. One
/// that may be left behind has not.
class SpawnActions {
 public:
  explicit SpawnActions(bool close_output) {
    ::posix_spawn_file_actions_init(&actions_);
    if (close_output) ::posix_spawn_file_actions_addclose(&actions_, STDOUT_FILENO);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// The importer gets the configuration's path and these options. Returns its exit status.
int run_importer(const std::string& settings_path, std::vector<std::string> options,
                 std::optional<std::chrono::seconds> at_most = {}) {
  std::string path = path_beside_this_program("leases-import");
  options.push_back(std::string(kConfigOption).append(settings_path));
  std::vector<char*> arguments{path.data()};
  for (std::string& option : options) arguments.push_back(option.data());
  arguments.push_back(nullptr);

  // Whoever started dnsmasq may have had SIGCHLD ignored, and then there would be nothing to wait for.
  ::signal(SIGCHLD, SIG_DFL);
  const SpawnActions actions(at_most.has_value());
  pid_t child = 0;
  const int error = ::posix_spawn(&child, path.c_str(), actions.get(), nullptr, arguments.data(), environ);
  if (error != 0) {
    log_line(path + ": cannot be run: " + std::strerror(error) + "; install it beside leaseshelper");
    return EXIT_FAILURE;
  }
  const auto begin = std::chrono::steady_clock::now();
  std::optional<Interruptions> interruptions;
  if (at_most) interruptions.emplace();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      log_line(path + ": cannot be waited for: " + std::strerror(errno));
      return EXIT_FAILURE;
    }
    if (!at_most || std::chrono::steady_clock::now() - begin < *at_most) continue;
    // Not waited for: what hangs in the kernel may not even end then.
    ::kill(child, SIGKILL);
    log_line(path +
             ": is waited for no longer: it takes too long; see if each file that it reads can be read: "
             "leasectl rebuild");
    return EXIT_FAILURE;
  }
  if (WIFSIGNALED(status)) log_line(path + ": was ended by signal " + std::to_string(WTERMSIG(status)));
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

}  // namespace

Import run_importer(const std::string& settings_path, std::optional<std::chrono::seconds> at_most) {
  switch (run_importer(settings_path, {}, at_most)) {
    case EXIT_SUCCESS:
      return Import::done;
    case kIndexFailed:
      return Import::index_failed;
    default:
      return Import::failed;
  }
}

bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                std::chrono::seconds at_most) {
  return run_importer(settings_path, {std::string(kTakeOption).append(file)}, at_most) == EXIT_SUCCESS;
}

bool print_init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                ReadPolicy policy) {
  std::vector<std::string> options{std::string(kInitOption).append(request.network)};
  if (request.for_libvirt) options.emplace_back(kLibvirtOption);
  if (policy == ReadPolicy::best_effort) options.emplace_back(kBestEffortOption);
  return run_importer(settings_path, std::move(options)) == EXIT_SUCCESS;
}

}  // namespace leases
