#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// What /proc/PID/stat says of a process to anybody (proc(5)).
struct ProcessState {
  pid_t id = 0;
  std::string name{};  ///< of the program (comm), which may have any byte in it
  char state = '\0';   ///< 'S' asleep, 'Z' ended and not waited for, and so on
  pid_t parent = 0;
  std::uint64_t processor_time = 0;  ///< used so far, in ticks of sysconf(_SC_CLK_TCK)
  std::uint64_t started = 0;         ///< in ticks since the boot
};

/// Nothing if there is no such process, or none that this user may see. `proc` is where /proc is.
std::optional<ProcessState> state_of_process(pid_t id, const std::string& proc = "/proc");

/// All processes that this user may see, by id.
std::vector<ProcessState> all_processes(const std::string& proc = "/proc");

/// The command line of a process with the program's name; empty if it has ended.
std::vector<std::string> arguments_of(pid_t id, const std::string& proc = "/proc");

/// A process as /proc shows it to anybody (proc(5)). Anybody can give one any name and arguments.
struct Process {
  pid_t id;
  pid_t parent;
  uid_t owner;          ///< its real user: a program that is set-user-ID does not hide who runs it
  std::time_t started;  ///< seconds since 1970, give or take one
  std::vector<std::string> arguments;  ///< with the program's name
  bool is_service;  ///< it belongs to the system's service of that name, which root alone started (systemd)
};

/// Whether a process belongs to the system's service NAME.service, and not to one that a user or a container
/// has under this name.
bool is_in_service(pid_t id, std::string_view name, const std::string& proc = "/proc");

/// The processes whose program has this name (comm), by id.
std::vector<Process> processes_named(const std::string& proc, std::string_view name);

/// Whether this user may see other users' processes (the mount option hidepid of /proc).
bool sees_all_processes(const std::string& proc);

}  // namespace leases
