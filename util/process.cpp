#include "util/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

#include "util/error.h"
#include "util/file.h"
#include "util/spawn.h"

namespace leases {

namespace {

/// A pipe whose ends are not inherited by the programs that this process runs.
struct Pipe {
  FileDescriptor output{-1};
  FileDescriptor input{-1};

  /// `user` is what errors call the process that it is for.
  explicit Pipe(const std::string& user) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw errno_error(user, "cannot be run", errno);
    output = FileDescriptor(ends[0]);
    input = FileDescriptor(ends[1]);
  }
};

/// Waits until there is something to read. False if the deadline passes first.
bool wait_to_read(const FileDescriptor& file, const Deadline& until) {
  for (;;) {
    pollfd ready{file.number(), POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(until.left().count()));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

/// Nothing if the deadline passes before the end.
std::optional<std::string> read_all(const FileDescriptor& file, const std::optional<Deadline>& until) {
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    if (until && !wait_to_read(file, *until)) return {};
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
}

void kill_and_wait_briefly(pid_t child) {
  constexpr int kLooks = 20;
  constexpr std::chrono::milliseconds kPause{5};
  ::kill(child, SIGKILL);
  for (int i = 0; i < kLooks && ::waitpid(child, nullptr, WNOHANG) == 0; ++i)
    std::this_thread::sleep_for(kPause);
}

void write_line(const FileDescriptor& file, std::string line) {
  line += '\n';
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t count = ::write(file.number(), line.data() + written, line.size() - written);
    if (count < 0 && errno != EINTR) return;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
}

[[noreturn]] void work_here(const std::function<Work(const LineSink&)>& work, const FileDescriptor& lines) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  try {
    ::_exit(static_cast<int>(work([&](const std::string& line) { write_line(lines, line); })));
  } catch (const std::exception& error) {
    write_line(lines, error.what());
    ::_exit(static_cast<int>(Work::failed));
  }
}

/// Reports whole lines of a text that comes in pieces.
class Lines {
 public:
  explicit Lines(const LineSink& report) : report_(report) {}

  /// False at the end.
  bool read_from(const FileDescriptor& file) {
    std::array<char, 4096> piece;
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0) return errno == EINTR;
    text_.append(piece.data(), static_cast<std::size_t>(count));
    for (std::size_t end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      report_(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
    return count > 0;
  }

 private:
  const LineSink& report_;
  std::string text_;
};

/// Returns whether the work was stopped.
bool relay(const FileDescriptor& lines, int stop, pid_t child, const LineSink& report) {
  Lines reported(report);
  bool stopped = false;
  std::array<pollfd, 2> files{{{lines.number(), POLLIN, 0}, {stop, POLLIN, 0}}};
  for (;;) {
    if (::poll(files.data(), stopped ? 1 : 2, -1) < 0) continue;
    if (!stopped && files[1].revents != 0) {
      stopped = true;
      ::kill(child, SIGKILL);
    }
    if (files[0].revents != 0 && !reported.read_from(lines)) return stopped;
  }
}

}  // namespace

std::optional<ProgramResult> run_program(ProgramCall call, const std::optional<Deadline>& until) {
  const std::string& name = call.arguments.at(0);
  std::optional<Pipe> pipe;
  FileActions actions;
  if (call.input == ProgramCall::Input::empty) actions.open_empty_input();
  if (call.output == ProgramCall::Output::captured) {
    pipe.emplace(name);
    ::posix_spawn_file_actions_adddup2(actions.get(), pipe->input.number(), STDOUT_FILENO);
  }
  const pid_t child = spawn(call.arguments, actions);
  ProgramResult result;
  if (pipe) {
    pipe->input = FileDescriptor(-1);
    auto output = read_all(pipe->output, until);
    if (!output) {
      kill_and_wait_briefly(child);
      return {};
    }
    result.output = std::move(*output);
  }
  const int status = wait_for(child, name);
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.status = exit_status_of(status);
  return result;
}

ProgramResult run_program(std::vector<std::string> arguments, const std::string& package) {
  const std::string name = arguments.at(0);
  try {
    return *run_program({.arguments = std::move(arguments)}, std::nullopt);
  } catch (const Error& error) {
    if (error.error() != ENOENT) throw;
    throw Error(name + " is not installed; install it: apt install " + package);
  }
}

bool is_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path == nullptr ? "/bin:/usr/bin" : path;;) {
    const std::size_t end = rest.find(':');
    // An empty name is the current directory (environ(7)).
    std::string file(end == 0 || rest.empty() ? "." : rest.substr(0, end));
    file.append(1, '/').append(program);
    if (::access(file.c_str(), X_OK) == 0) return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
}

Work run_in_child(const std::function<Work(const LineSink&)>& work, int stop, const LineSink& report) {
  const std::string name = "a process";
  Pipe pipe(name);
  expect_child();
  const pid_t child = ::fork();
  if (child < 0) throw errno_error(name, "cannot be run", errno);
  if (child == 0) work_here(work, pipe.input);

  pipe.input = FileDescriptor(-1);
  const bool stopped = relay(pipe.output, stop, child, report);
  const int status = wait_for(child, name);
  if (WIFSIGNALED(status) && !stopped)
    report("a process that did a part of the work was ended by signal " + std::to_string(WTERMSIG(status)));
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  for (const Work work_done : {Work::done, Work::unfinished}) {
    if (code == static_cast<int>(work_done)) return work_done;
  }
  return Work::failed;
}

}  // namespace leases
