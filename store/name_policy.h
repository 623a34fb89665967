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

/// Which host names a client may have. What is refused here is kept with the lease but answered to nobody: a
/// guest chooses its name freely, and must not become localhost, the proxy of all browsers (wpad) or an
/// address, or a machine that a hosts file names.
class NamePolicy {
 public:
  NamePolicy() = default;
  /// Globs as of fnmatch(3), compared without case. `allow` makes exceptions from `deny`, not from the fixed
  /// rules.
  NamePolicy(std::vector<std::string> deny, std::vector<std::string> allow)
      : deny_(std::move(deny)), allow_(std::move(allow)) {}

  /// Why a host label is refused, as the end of a sentence that begins with the name; nothing if it is
  /// accepted.
  [[nodiscard]] std::optional<std::string> refusal(std::string_view label) const;
  /// The same for the host name of a lease, which must not be that of another machine; nothing if it has
  /// none.
  [[nodiscard]] std::optional<std::string> refusal(const Lease& lease) const;

  /// The same policies have the same fingerprint: it is made of all that an answer depends on, the globs, the
  /// contents of the hosts files and the version of the program. Different policies have, but for an
  /// improbable chance, different ones.
  [[nodiscard]] std::uint64_t fingerprint() const;

  /// Before that, only the label counts.
  void use(std::shared_ptr<const HostsNames> hosts) { hosts_ = std::move(hosts); }
  /// What could not be read of them, a line each.
  [[nodiscard]] std::vector<std::string> problems() const {
    return hosts_ ? hosts_->problems() : std::vector<std::string>();
  }

 private:
  std::vector<std::string> deny_;
  std::vector<std::string> allow_;
  std::shared_ptr<const HostsNames> hosts_;
};

}  // namespace leases
