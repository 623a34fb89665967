#pragma once

#include <optional>

#include "common/address.h"

namespace leases::nss {

/// The position of gethostent(3): the address that it gave last. The C library has one for the whole process,
/// and holds a lock of its own around the calls.
class Cursor {
 public:
  /// Nothing at the beginning.
  static std::optional<IpAddress> position() noexcept;
  static void move_to(const IpAddress& address) noexcept;
  static void rewind() noexcept;
};

}  // namespace leases::nss
