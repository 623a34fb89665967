#include "store/policy_note.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "common/trust.h"
#include "util/new_file.h"

namespace leases {

namespace {

constexpr const char* kPolicyName = "hosts.policy";

std::string text_of(const WritableIndex& index, std::uint64_t policy) {
  return "policy " + std::to_string(policy) + " index " + index.identity() + '\n';
}

}  // namespace

bool PolicyNote::says(const WritableIndex& index, std::uint64_t policy) const {
  const FileDescriptor file = directory_.open(kPolicyName, O_RDONLY);
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return false;
  if (!is_trustworthy(status, directory_.status())) return false;
  std::array<char, 256> text;
  const ssize_t length = ::read(file.number(), text.data(), text.size());
  return length > 0 &&
         std::string_view(text.data(), static_cast<std::size_t>(length)) == text_of(index, policy);
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
