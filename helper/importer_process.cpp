#include "helper/importer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "util/file.h"
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

/// What the importer is to do besides starting.
class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  void print_to(const FileDescriptor& output) {
    ::posix_spawn_file_actions_adddup2(&actions_, output.number(), STDOUT_FILENO);
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// The importer as a child process.
class Child {
 public:
  /// It gets the configuration's path and these options. It has not started if that fails, which is
  /// complained of.
  Child(const std::string& settings_path, std::vector<std::string> options, const SpawnActions& actions)
      : path_(path_beside_this_program("leases-import")) {
    options.push_back(std::string(kConfigOption).append(settings_path));
    std::vector<char*> arguments{path_.data()};
    for (std::string& option : options) arguments.push_back(option.data());
    arguments.push_back(nullptr);
    // Whoever started dnsmasq may have had SIGCHLD ignored, and then there would be nothing to wait for.
    ::signal(SIGCHLD, SIG_DFL);
    const int error =
        ::posix_spawn(&process_, path_.c_str(), actions.get(), nullptr, arguments.data(), environ);
    if (error == 0) return;
    process_ = 0;
    log_line(path_ + ": cannot be run: " + std::strerror(error) + "; install it beside leaseshelper");
  }

  /// Waits for its end. Returns its exit status.
  [[nodiscard]] int status() const {
    int status = 0;
    while (process_ != 0 && ::waitpid(process_, &status, 0) < 0) {
      if (errno == EINTR) continue;
      log_line(path_ + ": cannot be waited for: " + std::strerror(errno));
      return EXIT_FAILURE;
    }
    if (WIFSIGNALED(status)) log_line(path_ + ": was ended by signal " + std::to_string(WTERMSIG(status)));
    return process_ != 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
  }

  /// Kills it. It is waited for only a moment, so that the store's lock is free if it held it: what hangs in
  /// the kernel may not even end then.
  void give_up() const {
    constexpr int kLooks = 20;
    constexpr std::chrono::milliseconds kPause{5};
    if (process_ != 0) ::kill(process_, SIGKILL);
    for (int i = 0; process_ != 0 && i < kLooks && ::waitpid(process_, nullptr, WNOHANG) == 0; ++i)
      std::this_thread::sleep_for(kPause);
    log_line(path_ +
             ": is waited for no longer: it takes too long; see if each file that it reads can be read: "
             "leasectl rebuild");
  }

 private:
  std::string path_;
  pid_t process_ = 0;
};

int run_to_end(const std::string& settings_path) {
  return Child(settings_path, {}, SpawnActions()).status();
}

/// Reads to the end, without a limit if `until` is absent; nothing if the end does not come in time.
std::optional<std::string> read_until(const FileDescriptor& pipe, const std::optional<Deadline>& until) {
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    pollfd ready{pipe.number(), POLLIN, 0};
    const int count = ::poll(&ready, 1, until ? static_cast<int>(until->left().count()) : -1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    const ssize_t length = ::read(pipe.number(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

struct Outcome {
  int status = EXIT_FAILURE;
  std::string printed{};
};

/// What it prints comes through this process: whoever reads what this one prints waits until all that have
/// its standard output open have ended, and would wait for one that is left behind; nor are they to get half
/// of what it prints.
Outcome run_until(const std::string& settings_path, std::vector<std::string> options,
                  const std::optional<Deadline>& until) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    log_line(std::string("leases-import: cannot be run: ") + std::strerror(errno));
    return {};
  }
  const FileDescriptor reading(ends[0]);
  std::optional<FileDescriptor> writing(ends[1]);
  SpawnActions actions;
  actions.print_to(*writing);
  const Child child(settings_path, std::move(options), actions);
  writing.reset();
  auto printed = read_until(reading, until);
  if (printed) return {child.status(), std::move(*printed)};
  child.give_up();
  return {};
}

}  // namespace

Import run_importer(const std::string& settings_path, const std::optional<Deadline>& until) {
  switch (until ? run_until(settings_path, {}, *until).status : run_to_end(settings_path)) {
    case EXIT_SUCCESS:
      return Import::done;
    case kIndexFailed:
      return Import::index_failed;
    default:
      return Import::failed;
  }
}

bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                const Deadline& until) {
  return run_until(settings_path, {std::string(kTakeOption).append(file)}, until).status == EXIT_SUCCESS;
}

std::optional<std::string> init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                                ReadPolicy policy, const std::optional<Deadline>& until) {
  std::vector<std::string> options{std::string(kInitOption).append(request.network)};
  if (request.for_libvirt) options.emplace_back(kLibvirtOption);
  if (policy == ReadPolicy::best_effort) options.emplace_back(kBestEffortOption);
  Outcome outcome = run_until(settings_path, std::move(options), until);
  if (outcome.status != EXIT_SUCCESS) return {};
  return std::move(outcome.printed);
}

}  // namespace leases
