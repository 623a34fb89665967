#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// Which host names a client may have. What is refused here is kept with the lease but answered to nobody: a
/// guest chooses its name freely, and must not become localhost, the proxy of all browsers (wpad) or an
/// address.
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

 private:
  std::vector<std::string> deny_;
  std::vector<std::string> allow_;
};

}  // namespace leases
