#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/time.h"

namespace leases::share {

/// What a host says of itself, as the value of its key.
struct HostSign {
  std::string instance;  ///< tells two machines of one name apart
  EpochSeconds time{};   ///< by the host's clock, when it said this

  [[nodiscard]] std::string text() const;
  /// Nothing if it is not that.
  static std::optional<HostSign> parse(std::string_view text);
};

/// The instance of this machine, kept in a file of a directory, and made there if there is none. Throws
/// Error.
std::string own_instance(const std::string& directory);

}  // namespace leases::share
