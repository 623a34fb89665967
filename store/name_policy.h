#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "store/hosts_names.h"

namespace leases {

/// Which host names a client may have. A refused name is kept with the lease but never answered: a guest
/// chooses its name freely, and must not become localhost, every browser's proxy (wpad), an address, this
/// machine itself, or one that a hosts file names.
class NamePolicy {
 public:
  NamePolicy() = default;
  /// Globs as of fnmatch(3), compared without case. `allow` makes exceptions from `deny` and from some of the
  /// reserved names, not from the other rules.
  NamePolicy(std::vector<std::string> deny, std::vector<std::string> allow)
      : deny_(std::move(deny)), allow_(std::move(allow)) {}

  /// Why a host label is refused, as the end of a sentence that begins with the name; nothing if it is
  /// accepted.
  [[nodiscard]] std::optional<std::string> refusal(std::string_view label) const;
  /// The same for the host name of a lease, which must not be another machine's; nothing if it has no name.
  [[nodiscard]] std::optional<std::string> refusal(const Lease& lease) const;

  /// The same for the name of a guest, with its domain if it has one. Hosts files do not count, since guests
  /// do not choose these names.
  [[nodiscard]] std::optional<std::string> guest_refusal(std::string_view guest_name) const;

  /// Sets what the policy decides of a lease: whether its name is refused, and whether it is short. Whether
  /// that changes the lease.
  bool judge(Lease& lease) const;
  /// Gives a lease the name that its guest has, which may be empty; none if the policy refuses it, or any
  /// name in the lease's domain and network.
  void name_guest(Lease& lease, std::string_view guest_name) const;

  /// Identifies the policy by everything that an answer depends on: the globs, this machine's names, the
  /// contents of the hosts files and the version of the program. Equal policies have equal fingerprints;
  /// different ones almost certainly differ.
  [[nodiscard]] std::uint64_t fingerprint() const;

  /// The labels by which this machine is called, as own_names() gives them. Before that, a client may have
  /// them.
  void keep_own(std::vector<std::string> names) { own_ = std::move(names); }
  [[nodiscard]] const std::vector<std::string>& own() const { return own_; }
  /// Networks, as globs of fnmatch(3), in which canonical names are without the domain.
  void keep_short_in(std::vector<std::string> networks) { short_in_ = std::move(networks); }
  /// Before that, only the label counts, and the domain and network.
  void use(std::shared_ptr<const HostsNames> hosts) { hosts_ = std::move(hosts); }
  /// Hosts files that could not be read, a line each.
  [[nodiscard]] std::vector<std::string> problems() const {
    return hosts_ ? hosts_->problems() : std::vector<std::string>();
  }

 private:
  std::vector<std::string> deny_;
  std::vector<std::string> allow_;
  std::vector<std::string> own_;
  std::vector<std::string> short_in_;
  std::shared_ptr<const HostsNames> hosts_;
};

}  // namespace leases
