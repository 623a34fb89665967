#include "tests/fault/tracee.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <map>
#include <stdexcept>
#include <utility>

namespace leases::test {

namespace {

/// A file without a name that collects what a program writes, however much it is.
class Collected {
 public:
  Collected() : file_(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw std::runtime_error("no temporary file");
  }
  Collected(const Collected&) = delete;
  Collected& operator=(const Collected&) = delete;
  ~Collected() { ::close(file_); }

  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] std::string text() const {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t count = 0;
         (count = ::pread(file_, piece.data(), piece.size(), static_cast<off_t>(text.size()))) > 0;)
      text.append(piece.data(), static_cast<std::size_t>(count));
    return text;
  }

 private:
  int file_;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  std::transform(texts.begin(), texts.end(), std::back_inserter(pointers),
                 [](const std::string& text) { return const_cast<char*>(text.c_str()); });
  pointers.push_back(nullptr);
  return pointers;
}

#ifdef __x86_64__
void set_call(pid_t process, long number) {
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
  registers.orig_rax = static_cast<unsigned long long>(number);
  ::ptrace(PTRACE_SETREGS, process, nullptr, &registers);
}
void set_third_argument(pid_t process, unsigned long value) {
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
  registers.rdx = value;
  ::ptrace(PTRACE_SETREGS, process, nullptr, &registers);
}
void set_result(pid_t process, long value) {
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
  registers.rax = static_cast<unsigned long long>(value);
  ::ptrace(PTRACE_SETREGS, process, nullptr, &registers);
}
/// Whether the next instruction is `syscall`.
bool is_before_call(pid_t process) {
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, process, nullptr, &registers);
  return (::ptrace(PTRACE_PEEKTEXT, process, registers.rip, nullptr) & 0xffff) == 0x050f;
}
#else
void set_call(pid_t, long) {}
void set_third_argument(pid_t, unsigned long) {}
void set_result(pid_t, long) {}
bool is_before_call(pid_t) {
  return true;
}
#endif

/// While there is one, system calls of this process that wait are interrupted after so many seconds, and
/// again each second from then on.
class TimeLimit {
 public:
  explicit TimeLimit(unsigned seconds) {
    struct sigaction interrupt {};
    interrupt.sa_handler = [](int) { is_over_ = 1; };
    ::sigaction(SIGALRM, &interrupt, &before_);
    is_over_ = 0;
    const itimerval timer{{1, 0}, {static_cast<time_t>(seconds), 0}};
    ::setitimer(ITIMER_REAL, &timer, nullptr);
  }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
  ~TimeLimit() {
    const itimerval none{};
    ::setitimer(ITIMER_REAL, &none, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

  static bool is_over() { return is_over_ != 0; }

 private:
  static inline volatile sig_atomic_t is_over_ = 0;
  struct sigaction before_ {};
};

class Tracer {
 public:
  Tracer(pid_t program, const Interference& interference) : program_(program), interference_(interference) {}

  TracedRun run() {
    processes_[program_] = {};
    int status = 0;
    ::waitpid(program_, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, program_, nullptr,
             PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                 PTRACE_O_EXITKILL);
    ::ptrace(PTRACE_SYSCALL, program_, nullptr, nullptr);
    while (!processes_.empty()) {
      const pid_t process = ::waitpid(-1, &status, __WALL);
      if (process < 0 && errno != EINTR) break;
      const bool has_ended = process >= 0 && (WIFEXITED(status) || WIFSIGNALED(status));
      if (has_ended) {
        processes_.erase(process);
        if (process == program_) run_.status = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
      }
      if (TimeLimit::is_over()) {
        end_all();
        break;
      }
      if (process >= 0 && !has_ended) stopped(process, status);
    }
    return std::move(run_);
  }

 private:
  struct Process {
    bool counted = false;  ///< its main() has begun
    bool at_exit = false;  ///< the next stop is the end of a call
    bool meant = false;    ///< the present call is the one to interfere with
    bool stepping = false;
    std::size_t calls = 0;
  };

  void end_all() {
    for (const auto& [process, state] : processes_) ::kill(process, SIGKILL);
    for (const auto& [process, state] : processes_) {
      int status = 0;
      pid_t waited = 0;
      do {
        waited = ::waitpid(process, &status, __WALL);
      } while (waited < 0 ? errno == EINTR : WIFSTOPPED(status));
    }
    run_.status = -SIGALRM;
  }

  void stopped(pid_t process, int status) {
    Process& state = processes_[process];
    const int signal = WSTOPSIG(status);
    __ptrace_request how = PTRACE_SYSCALL;
    int passed_on = 0;
    if (signal == (SIGTRAP | 0x80)) {
      how = state.at_exit ? call_ends(process, state) : call_begins(process, state);
      state.at_exit = !state.at_exit;
    } else if (signal == SIGTRAP && status >> 16 != 0) {
      unsigned long child = 0;
      ::ptrace(PTRACE_GETEVENTMSG, process, nullptr, &child);
      processes_.try_emplace(static_cast<pid_t>(child));
    } else if (signal == SIGTRAP && state.stepping) {
      how = step_ends(process, state);
    } else if (signal != SIGTRAP && signal != SIGSTOP) {
      passed_on = signal;
    }
    // Once it has been interfered with, no call matters any more.
    if (run_.interfered && how == PTRACE_SYSCALL && !state.meant) how = PTRACE_CONT;
    ::ptrace(how, process, nullptr, passed_on);
  }

  __ptrace_request call_begins(pid_t process, Process& state) {
    __ptrace_syscall_info info{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info);
    const auto number = static_cast<long>(info.entry.nr);
    if (number == SYS_umask) state.counted = true;
    if (!state.counted) return PTRACE_SYSCALL;
    const SystemCall call{number, process != program_, state.calls++};
    // Of several children, the first that gets there is meant.
    state.meant =
        !run_.interfered && call == interference_.call && interference_.kind != Interference::Kind::none;
    run_.calls.push_back(call);
    if (!state.meant) return PTRACE_SYSCALL;
    run_.interfered = true;
    if (interference_.kind == Interference::Kind::kill_before) ::kill(process, SIGKILL);
    if (interference_.kind == Interference::Kind::fail) set_call(process, -1);
    if (interference_.kind == Interference::Kind::shorten && number == SYS_write)
      set_third_argument(process, 1);
    return PTRACE_SYSCALL;
  }

  __ptrace_request call_ends(pid_t process, Process& state) {
    if (!std::exchange(state.meant, false)) return PTRACE_SYSCALL;
    if (interference_.kind == Interference::Kind::kill_after) ::kill(process, SIGKILL);
    if (interference_.kind == Interference::Kind::fail) set_result(process, -interference_.error);
    if (interference_.kind != Interference::Kind::kill_steps) return PTRACE_SYSCALL;
    state.stepping = true;
    return PTRACE_SINGLESTEP;
  }

  __ptrace_request step_ends(pid_t process, Process& state) {
    if (++run_.steps == interference_.steps) ::kill(process, SIGKILL);
    state.stepping = !is_before_call(process);
    return state.stepping ? PTRACE_SINGLESTEP : PTRACE_SYSCALL;
  }

  pid_t program_;
  const Interference& interference_;
  std::map<pid_t, Process> processes_;
  TracedRun run_;
};

}  // namespace

TracedRun run_traced(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                     const Interference& interference) {
  constexpr unsigned kSeconds = 600;
  const Collected output;
  const Collected errors;
  const auto arguments = pointers_to(command);
  const auto variables = pointers_to(environment);
  const pid_t tracer = ::getpid();
  const pid_t program = ::fork();
  if (program == 0) {
    // If the tracer is gone, the process that inherits this one would have to trace it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != tracer) ::_exit(127);
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(output.file(), STDOUT_FILENO);
    ::dup2(errors.file(), STDERR_FILENO);
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::execve(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
  }
  const TimeLimit limit(kSeconds);
  TracedRun run = Tracer(program, interference).run();
  run.output = output.text();
  run.errors = errors.text();
  return run;
}

bool can_interfere() {
#ifdef __x86_64__
  return true;
#else
  return false;
#endif
}

std::string name_of(const SystemCall& call) {
  static const std::map<long, const char*> kNames{{SYS_umask, "umask"},
                                                  {SYS_openat, "openat"},
                                                  {SYS_read, "read"},
                                                  {SYS_write, "write"},
                                                  {SYS_close, "close"},
                                                  {SYS_newfstatat, "newfstatat"},
                                                  {SYS_mmap, "mmap"},
                                                  {SYS_munmap, "munmap"},
                                                  {SYS_brk, "brk"},
                                                  {SYS_fcntl, "fcntl"},
                                                  {SYS_fsync, "fsync"},
                                                  {SYS_renameat, "renameat"},
                                                  {SYS_unlinkat, "unlinkat"},
                                                  {SYS_getdents64, "getdents64"},
                                                  {SYS_fallocate, "fallocate"},
                                                  {SYS_lseek, "lseek"},
                                                  {SYS_capset, "capset"},
                                                  {SYS_prctl, "prctl"},
                                                  {SYS_geteuid, "geteuid"},
                                                  {SYS_wait4, "wait4"},
                                                  {SYS_clone3, "clone3"},
                                                  {SYS_clone, "clone"},
                                                  {SYS_execve, "execve"},
                                                  {SYS_linkat, "linkat"},
                                                  {SYS_mkdirat, "mkdirat"},
                                                  {SYS_readlinkat, "readlinkat"},
                                                  {SYS_exit_group, "exit_group"},
                                                  {SYS_faccessat, "faccessat"},
                                                  {SYS_futex, "futex"},
                                                  {SYS_rt_sigaction, "rt_sigaction"},
                                                  {SYS_rt_sigprocmask, "rt_sigprocmask"}};
  const auto known = kNames.find(call.number);
  return (call.of_child ? "child's " : "") +
         (known != kNames.end() ? std::string(known->second) : std::to_string(call.number));
}

}  // namespace leases::test
