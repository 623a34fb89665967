#include "store/freshness.h"

namespace leases {

bool has_stamp(const IndexedSource* known, const PresentStamp& present) {
  return (known != nullptr ? known->stamp : layout::FileStamp{}) == present.value_or(layout::FileStamp{});
}

bool has_stamp(const std::optional<IndexedSource>& known, const PresentStamp& present) {
  return has_stamp(known ? &*known : nullptr, present);
}

const char* name_of(IndexState state) {
  switch (state) {
    case IndexState::current:
      return "current";
    case IndexState::stale:
      return "stale";
    case IndexState::damaged:
      return "damaged";
    case IndexState::unknown:
      break;
  }
  return "unknown";
}

IndexState state_of(const IndexedSource* known, const PresentStamp& present) {
  const bool is_damaged = known != nullptr && known->damaged;
  if (present == layout::FileStamp{} && !is_damaged) return IndexState::unknown;
  if (!has_stamp(known, present)) return IndexState::stale;
  return is_damaged ? IndexState::damaged : IndexState::current;
}

}  // namespace leases
