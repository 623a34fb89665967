#include "cli/checks/helper_trial.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>

#include "cli/checks/helper_programs.h"
#include "dnsmasq/server_registry.h"
#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/file_system.h"
#include "util/privileges.h"
#include "util/process.h"

namespace leases::cli {

namespace {

using Action = Obstacle::Action;

/// An obstacle as a line between the processes: the action's number, the error, the path.
std::string line_of(const Obstacle& obstacle) {
  return std::to_string(static_cast<int>(obstacle.action)) + ' ' + std::to_string(obstacle.error) + ' ' +
         obstacle.path;
}

Obstacle obstacle_of(std::string_view line) {
  const auto number = [&] {
    int value = 0;
    std::from_chars(line.data(), line.data() + line.size(), value);
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
    return value;
  };
  const int action = number();
  const int error = number();
  return {static_cast<Action>(action), error, std::string(line)};
}

/// In the order of the helper's own steps.
class Trial {
 public:
  Trial(const CheckContext& context, const LineSink& report) : context_(context), report_(report) {}

  void run_programs() const {
    for (const std::string& program : helper_programs(context_)) {
      if (::faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) != 0) tell(Action::run, errno, program);
    }
  }

  void use_directories() const {
    const std::string& state_path = context_.settings.state_directory;
    const std::string& runtime_path = context_.settings.runtime_directory;
    const auto state = opened(state_path);
    if (!state) return;
    drop_privileges(*state);
    if (!writes_in(*state)) return;
    lock(*state);
    for (const std::string& network : networks_in(*state)) {
      if (state->open(status_name(network), O_RDONLY).number() < 0)
        tell(Action::open, errno, state->path_of(status_name(network)));
    }
    if (const auto servers = opened(state->path_of(kServersDirectory)))
      static_cast<void>(writes_in(*servers));
    if (const auto runtime = opened(runtime_path)) static_cast<void>(writes_in(*runtime));
  }

 private:
  void tell(Action action, int error, const std::string& path) const {
    if (error != ENOENT) report_(line_of({action, error, path}));
  }

  [[nodiscard]] std::optional<Directory> opened(const std::string& path) const try {
    return Directory::open_existing(path);
  } catch (const Error& error) {
    tell(Action::open, error.error(), path);
    return {};
  }

  /// As StoreLock does.
  void lock(const Directory& state) const {
    constexpr const char* kLock = "lock";
    const auto status = state.status_of(kLock);
    if (!status) return;
    if (!S_ISREG(status->st_mode)) return tell(Action::open, EISDIR, state.path_of(kLock));
    const bool is_closed_to_others = (status->st_mode & 07777U) == 0600U || status->st_nlink > 1;
    if (state.open(kLock, O_RDWR).number() < 0) {
      tell(Action::open, errno, state.path_of(kLock));
    } else if (!is_closed_to_others && status->st_uid != ::geteuid()) {
      tell(Action::open, EPERM, state.path_of(kLock));
    }
  }

  /// A file system may be full, or read-only, whatever the rights are.
  [[nodiscard]] bool writes_in(const Directory& directory) const {
    constexpr std::array<char, 4096> kBlock{};
    const FileDescriptor file(::openat(directory.descriptor(), ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600));
    int error = 0;
    if (file.number() >= 0) {
      if (::write(file.number(), kBlock.data(), kBlock.size()) < 0) error = errno;
    } else if (errno != EOPNOTSUPP && errno != EISDIR) {
      error = errno;
    }
    // O_TMPFILE needs no right that a named file does not need, but not every file system has it.
    if (error == 0 && ::faccessat(directory.descriptor(), ".", W_OK | X_OK, AT_EACCESS) != 0) error = errno;
    if (error == 0 && file.number() < 0 && is_full(directory.path())) error = ENOSPC;
    if (error != 0) tell(Action::write, error, directory.path());
    return error == 0;
  }

  const CheckContext& context_;
  const LineSink& report_;
};

void become(const ScriptUser& user) {
  if (user.id == 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(user.group) != 0 || ::setuid(user.id) != 0)
    throw errno_error(user.name, "is a user that this process cannot become", errno);
}

}  // namespace

std::vector<Obstacle> try_as_helper(const CheckContext& context, const ScriptUser& user) {
  constexpr int kNothingStopsIt = -1;
  std::vector<Obstacle> obstacles;
  std::string failure;
  const auto work = [&](const LineSink& report) {
    become(user);
    const Trial trial(context, report);
    trial.run_programs();
    trial.use_directories();
    return Work::done;
  };
  const auto keep = [&](const std::string& line) {
    const Obstacle obstacle = obstacle_of(line);
    if (obstacle.error == 0) {
      failure = line;
    } else {
      obstacles.push_back(obstacle);
    }
  };
  if (run_in_child(work, kNothingStopsIt, keep) != Work::done) throw Error(failure);
  return obstacles;
}

}  // namespace leases::cli
