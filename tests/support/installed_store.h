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
  bool short_name = false;
  std::string machine = "";  ///< the address by which the machine is told from others; empty: this lease's
};

/// The store at the paths that are compiled into the module, without leases at first. Each call is a
/// transaction in another process, and has taken effect when it returns.
class InstalledStore {
 public:
  InstalledStore();
  explicit InstalledStore(const std::vector<Host>& hosts) : InstalledStore() { lease(hosts); }
  InstalledStore(std::initializer_list<Host> hosts) : InstalledStore(std::vector<Host>(hosts)) {}

  /// Adds or changes leases, one after the other, like events of dnsmasq: mostly by an overlay.
  void lease(const std::vector<Host>& hosts) const;
  void end(const std::string& address, const std::string& network = "br0") const;

  /// Replaces the index with a new file of the same leases.
  void replace_index() const;
  /// Replaces the index with a new file of these leases and no others; the first has the latest change.
  void replace_index(const std::vector<Host>& hosts) const;
};

/// Puts a copy of the index in its place without marking the old one, as when its writer died in between.
void rename_copy_in_place();

/// Removes the index and makes the module notice, so that this process no longer has one mapped.
void remove_and_unmap_index();

/// Waits until a lookup notices any change of the file that was not marked.
void wait_for_next_check();

}  // namespace leases::test
