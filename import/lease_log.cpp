#include "import/lease_log.h"

#include <algorithm>
#include <utility>

namespace leases {

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

}  // namespace

void LeaseLog::add(Lease lease, std::uint64_t seconds, std::uint64_t order) {
  if (lease.expiry.expired_at({written_.nanoseconds / kSecond})) return add_end(lease.address);
  const bool is_believed = seconds <= written_.nanoseconds / kSecond;
  lease.changed = {is_believed ? seconds * kSecond + order : written_.nanoseconds};
  records_.push_back({lease.address, lease});
}

ParsedFile LeaseLog::finish() && {
  std::stable_sort(records_.begin(), records_.end(),
                   [](const Record& a, const Record& b) { return a.address < b.address; });
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const bool is_last = i + 1 == records_.size() || !(records_[i + 1].address == records_[i].address);
    if (!is_last) continue;
    if (records_[i].lease) {
      file_.leases.push_back(*records_[i].lease);
    } else {
      file_.ended.push_back(records_[i].address);
    }
  }
  file_.complete = false;
  return std::move(file_);
}

}  // namespace leases
