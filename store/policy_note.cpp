#include "store/policy_note.h"

#include <string>

namespace leases {

namespace {

std::string text_of(const WritableIndex& index, std::uint64_t policy) {
  return "policy " + std::to_string(policy) + " index " + index.identity() + '\n';
}

}  // namespace

bool PolicyNote::says(const WritableIndex& index, std::uint64_t policy) const {
  const std::string text = note_.text();
  return !text.empty() && text == text_of(index, policy);
}

void PolicyNote::write(const WritableIndex& index, std::uint64_t policy) const {
  // If it cannot be written, the next import looks at all leases again.
  static_cast<void>(note_.write(text_of(index, policy)));
}

}  // namespace leases
