#pragma once

#include <tuple>

#include "common/lease.h"

namespace leases {

/// By network, then by address, then by the file that tells of it: two files may tell of one address.
inline bool before_in_listing(const Lease& a, const Lease& b) {
  return std::tie(a.network, a.address, a.source) < std::tie(b.network, b.address, b.source);
}

}  // namespace leases
