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
  add({lease.address, lease});
}

/// A log may be long and still have few addresses.
void LeaseLog::add(Record record) {
  if (records_.size() >= 2 * kMostRecords) {
    drop_older();
    check_count(records_.size());
  }
  records_.push_back(record);
}

void LeaseLog::drop_older() {
  std::stable_sort(records_.begin(), records_.end(),
                   [](const Record& a, const Record& b) { return a.address < b.address; });
  const auto is_same = [](const Record& a, const Record& b) { return a.address == b.address; };
  const auto older = std::unique(records_.rbegin(), records_.rend(), is_same);
  records_.erase(records_.begin(), older.base());
}

ParsedFile LeaseLog::finish() && {
  drop_older();
  for (const Record& record : records_) {
    if (record.lease) {
      file_.leases.push_back(*record.lease);
    } else {
      file_.ended.push_back(record.address);
    }
  }
  file_.complete = false;
  return std::move(file_);
}

}  // namespace leases
