#pragma once

#include <string>

namespace leases::test {

/// Gives this program a view of the file system of its own: /run and /var/lib empty, copies of /etc and of
/// the directory with the C library, so that the paths compiled into the module can be used and nothing
/// outside is changed. There, "hosts: leases files", the built module installed, and /etc/hosts with the
/// names of files_hosts.
///
/// To be called before the program has threads. Ends it with status 77 if it is not root's.
void enter_sandbox();

/// What the source behind `leases` knows in the sandbox.
namespace files_hosts {
inline constexpr const char* kName = "written-down";
inline constexpr const char* kV4 = "192.0.2.7";
inline constexpr const char* kV6 = "2001:db8::7";
}  // namespace files_hosts

/// A directory for a test's own files, in the sandbox.
inline constexpr const char* kScratch = "/run/scratch";

void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);

}  // namespace leases::test
