#include "import/expiry_order.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace leases {

void order_by_expiry(std::vector<Lease>& leases, ChangeTime written) {
  std::stable_sort(leases.begin(), leases.end(),
                   [](const Lease& a, const Lease& b) { return a.address < b.address; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < leases.size(); ++i) {
    if (i + 1 == leases.size() || leases[i + 1].address != leases[i].address) leases[kept++] = leases[i];
  }
  leases.resize(kept);
  std::ranges::stable_sort(leases, {}, &Lease::expiry);
  std::uint64_t changed = written.nanoseconds - std::min<std::uint64_t>(written.nanoseconds, kept);
  for (Lease& lease : leases) lease.changed = {++changed};
}

}  // namespace leases
