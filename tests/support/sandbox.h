#pragma once

namespace leases::test {

/// Gives this program a file system of its own: /run and /var/lib are empty, /etc and the directory with the
/// C library are copies. So it can use the paths that are compiled into the module and changes nothing
/// outside. Its network is a loopback interface with an address of each family that the kernel has. The built
/// module is installed there, with "hosts: leases files" and an /etc/hosts with the names of files_hosts.
///
/// To be called before the program has threads. Ends it with status 77 unless it runs as root.
void enter_sandbox();

/// The hosts that the source after `leases` has in the sandbox.
namespace files_hosts {
inline constexpr const char* kName = "written-down";
inline constexpr const char* kV4 = "192.0.2.7";
inline constexpr const char* kV6 = "2001:db8::7";
}  // namespace files_hosts

/// A directory for the files of a test, in the sandbox.
inline constexpr const char* kScratch = "/run/scratch";

}  // namespace leases::test
