#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>

#include "common/hash.h"

namespace leases {

/// A fingerprint of texts and lists of texts, in the order in which they are added.
class Fingerprint {
 public:
  void add(std::uint64_t number) {
    const std::uint64_t pair[] = {value_, number};
    value_ = Hash::of(pair, sizeof pair);
  }
  void add(std::string_view text) { add(Hash::of(text.data(), text.size())); }
  /// A list. The same texts in two lists have another fingerprint.
  template <typename Texts>
  void add_list(const Texts& texts) {
    add(std::uint64_t{std::size(texts)});
    for (const auto& text : texts) add(std::string_view(text));
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace leases
