#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace leases::test {

/// The year 2033: later than any test runs.
inline constexpr std::uint64_t kFarFuture = 1995412919;

/// A lease as a test describes it.
struct Host {
  std::string name;
  std::string address;
  std::string domain = "lab";
  std::string network = "br0";
  std::uint64_t expiry = kFarFuture;
  bool refused = false;
  std::string guest = "";
};

/// The store at the paths that are compiled into the module, without leases at first. Each call is a
/// transaction of another process, and has taken effect when it returns.
class Lab {
 public:
  Lab();
  explicit Lab(const std::vector<Host>& hosts) : Lab() { lease(hosts); }
  Lab(std::initializer_list<Host> hosts) : Lab(std::vector<Host>(hosts)) {}

  /// Begins or changes leases, one after the other, as the events of dnsmasq do it: mostly by an overlay.
  void lease(const std::vector<Host>& hosts) const;
  void end(const std::string& address, const std::string& network = "br0") const;

  /// Replaces the index by a new file with the same leases.
  void replace_index() const;
  /// Replaces the index by a new file with these leases and no others; the first is the most recent one.
  void replace_index(const std::vector<Host>& hosts) const;
};

/// A copy of the index takes its place, and the old one is not marked: its writer died in between.
void rename_copy_in_place();

/// Removes the index, and has the module notice it, so that this process has none mapped.
void remove_and_unmap_index();

/// Waits until a lookup would notice whatever happened to the file without being told.
void wait_for_next_check();

}  // namespace leases::test
