#include "util/separate_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>

#include "util/error.h"
#include "util/file.h"

namespace leases {

namespace {

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

/// Hands out whole lines, of what comes in pieces.
class Lines {
 public:
  explicit Lines(const LineSink& tell) : tell_(tell) {}

  /// False at the end.
  bool read_from(const FileDescriptor& file) {
    std::array<char, 4096> piece;
    const ssize_t count = ::read(file.number(), piece.data(), piece.size());
    if (count < 0) return errno == EINTR;
    text_.append(piece.data(), static_cast<std::size_t>(count));
    for (std::size_t end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      tell_(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
    return count > 0;
  }

 private:
  const LineSink& tell_;
  std::string text_;
};

/// Returns whether it was to stop.
bool relay(const FileDescriptor& lines, int stop, pid_t child, const LineSink& tell) {
  Lines told(tell);
  bool stopped = false;
  std::array<pollfd, 2> files{{{lines.number(), POLLIN, 0}, {stop, POLLIN, 0}}};
  for (;;) {
    if (::poll(files.data(), stopped ? 1 : 2, -1) < 0) continue;
    if (!stopped && files[1].revents != 0) {
      stopped = true;
      ::kill(child, SIGKILL);
    }
    if (files[0].revents != 0 && !told.read_from(lines)) return stopped;
  }
}

}  // namespace

Work run_in_child(const std::function<Work(const LineSink&)>& work, int stop, const LineSink& tell) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw errno_error("a pipe", "cannot be had", errno);
  const FileDescriptor output(ends[0]);
  FileDescriptor input(ends[1]);
  // Whoever started us may have had it ignored, and then there would be nothing to wait for.
  ::signal(SIGCHLD, SIG_DFL);
  const pid_t child = ::fork();
  if (child < 0) throw errno_error("a process", "cannot be had", errno);
  if (child == 0) work_here(work, input);

  input = FileDescriptor(-1);
  const bool stopped = relay(output, stop, child, tell);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw errno_error("a process", "cannot be waited for", errno);
  }
  if (WIFSIGNALED(status) && !stopped)
    tell("a process that did a part of the work was ended by signal " + std::to_string(WTERMSIG(status)));
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  for (const Work work_done : {Work::done, Work::unfinished}) {
    if (code == static_cast<int>(work_done)) return work_done;
  }
  return Work::failed;
}

}  // namespace leases
