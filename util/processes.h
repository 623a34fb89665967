#pragma once

#include <sys/types.h>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// A process as /proc shows it to anybody (proc(5)). Anybody can give one any name and arguments.
struct Process {
  pid_t id;
  pid_t parent;
  uid_t owner;          ///< its real user: a program that is set-user-ID does not hide who runs it
  std::time_t started;  ///< seconds since 1970, give or take one
  std::vector<std::string> arguments;  ///< with the program's name
  bool is_service;                     ///< it belongs to a service of systemd that has the name asked for
};

/// The processes whose program has this name (comm), by id.
std::vector<Process> processes_named(const std::string& proc, std::string_view name);

/// Whether this user is shown the processes of others (the mount option hidepid of /proc).
bool sees_all_processes(const std::string& proc);

}  // namespace leases
