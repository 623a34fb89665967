#include "tests/bench/prefix_search.h"

#include <endian.h>

#include <algorithm>
#include <cstring>

#include "tests/bench/names.h"

namespace leases::bench {

PrefixSearch::PrefixSearch(std::uint32_t count) {
  for (std::uint32_t n = 0; n < count; ++n) {
    const std::string name = host_name(n);
    slots_.push_back({prefix_of(name), static_cast<std::uint32_t>(names_.size()),
                      static_cast<std::uint32_t>(name.size())});
    names_ += name;
  }
}

PrefixSearch::Prefix PrefixSearch::prefix_of(std::string_view name) {
  Prefix prefix;
  char bytes[sizeof prefix] = {};
  std::memcpy(bytes, name.data(), std::min(name.size(), sizeof bytes));
  std::memcpy(&prefix, bytes, sizeof prefix);
  return {be64toh(prefix.high), be64toh(prefix.low)};
}

bool PrefixSearch::contains(std::string_view name) const {
  const Prefix wanted = prefix_of(name);
  const auto slot =
      std::lower_bound(slots_.begin(), slots_.end(), wanted, [](const Slot& a, const Prefix& b) {
        return a.prefix.high != b.high ? a.prefix.high < b.high : a.prefix.low < b.low;
      });
  return slot != slots_.end() && std::string_view(names_).substr(slot->offset, slot->length) == name;
}

}  // namespace leases::bench
