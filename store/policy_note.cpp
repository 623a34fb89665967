#include "store/policy_note.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/trust.h"
#include "util/error.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases {

namespace {

constexpr const char* kPolicyName = "hosts.policy";
constexpr std::size_t kLargestNote = 256;

std::string text_of(const WritableIndex& index, std::uint64_t policy) {
  return "policy " + std::to_string(policy) + " index " + index.identity() + '\n';
}

}  // namespace

bool PolicyNote::says(const WritableIndex& index, std::uint64_t policy) const try {
  const RegularFile file = read_regular_file(directory_, kPolicyName, kLargestNote);
  return file.read() && is_trustworthy(file.status, directory_.status()) &&
         file.text == text_of(index, policy);
} catch (const Error&) {
  return false;
}

void PolicyNote::write(const WritableIndex& index, std::uint64_t policy) const try {
  const std::string text = text_of(index, policy);
  NewFile file(directory_, kPolicyName);
  file.write(std::array{std::string_view(text)});
  file.put_in_place();
} catch (const Error&) {
  // The next import looks at all leases again.
}

void PolicyNote::remove() const noexcept {
  directory_.remove_if_there(kPolicyName);
}

}  // namespace leases
