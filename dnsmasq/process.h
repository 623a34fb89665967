#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// Where iproute2 has the names of network namespaces (ip-netns(8)).
inline constexpr const char* kNetworkNamespaces = "/run/netns";

/// Identifies a process. Its id alone does not: ids are reused.
struct ProcessIdentity {
  pid_t id = 0;
  std::uint64_t started = 0;  ///< clock ticks since the boot (proc(5), stat, field 22)
  std::string boot{};         ///< boot_id()

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// Which boot of the machine this is, a UUID (random(4), /proc/sys/kernel/random/boot_id); empty if /proc
/// does not say.
std::string boot_id();

/// The process with this id; nothing if there is none, or if it is a zombie.
std::optional<ProcessIdentity> identity_of_process(pid_t process);

/// Whether that process has not ended.
bool is_running(const ProcessIdentity& process);

/// The dnsmasq that runs this program. dnsmasq forks one process that runs all scripts of a start; at `init`
/// it is dnsmasq itself.
struct CallingDnsmasq {
  ProcessIdentity process;
  pid_t parent =
      0;  ///< the parent of that process: dnsmasq itself, or if that has ended, the process that adopted it
};

/// The dnsmasq that runs the helper, whose parent is `parent`. Nothing if none is among the helper's nearest
/// ancestors: a shell script may stand in between, but not a whole session.
std::optional<CallingDnsmasq> calling_dnsmasq(pid_t parent = ::getppid());

/// The parent of a process; 0 if that cannot be seen from here, or the process has ended.
pid_t parent_of(pid_t process);

/// Whether a dnsmasq may be its parent's process for scripts, and is not another dnsmasq, which a parent that
/// is a container's first process may have adopted. Whether both have one command line and, as far as we may
/// look, one network namespace: a fork has both until it execs. `proc` is where /proc is.
bool may_be_fork_of(pid_t child, pid_t parent, const std::string& proc = "/proc");

/// Whether that dnsmasq has ended. Events may come even then: the process that runs its scripts works through
/// those that are queued.
bool has_ended(const CallingDnsmasq& caller);

/// Whether a process runs the scripts of a dnsmasq that has not ended. False for that dnsmasq itself.
bool runs_scripts(const ProcessIdentity& process);

/// The configuration file of a dnsmasq's command line (--conf-file=), or nothing.
std::string configuration_of(const CallingDnsmasq& caller);

/// The network namespace of a process, of which this is the directory in /proc: "name:red" if iproute2 gave
/// it a name, which outlives a reboot; else "id:4026531840". Empty if /proc does not say. `names` is where
/// iproute2 keeps its names.
std::string network_namespace(const std::string& process = "/proc/self",
                              const std::string& names = kNetworkNamespaces);
/// Whether that is a name: one without is another after each boot, and each time it is made.
bool is_named_namespace(std::string_view network_namespace);

/// A key that a dnsmasq keeps when it is restarted, and that differs between several dnsmasqs. It is made
/// from the files that the command line names for configuration, leases and process id. As 16 hexadecimal
/// digits; empty if the process has ended.
std::string options_key(pid_t dnsmasq, const std::string& proc = "/proc");

/// Where a dnsmasq keeps its leases.
struct LeaseDatabase {
  enum class Kind : std::uint8_t {
    unknown,  ///< this process has no right to look
    file,     ///< in its own lease file
    helper,   ///< only through the helper (leasefile-ro)
  };

  Kind kind = Kind::unknown;
  std::string file{};              ///< its path; with leasefile-ro, that of the previous one, if known
  std::uint64_t directory_id = 0;  ///< shows whether another process sees the same directory there

  friend bool operator==(const LeaseDatabase&, const LeaseDatabase&) = default;
};

/// dnsmasq keeps its lease file open, for reading and appending, and has no other file open in that way.
LeaseDatabase lease_database_of(const CallingDnsmasq& caller);

/// Identifies the directory that a file is in, as this process sees it; 0 if it cannot be looked at.
std::uint64_t directory_id_of(const std::string& file);

}  // namespace leases
