#include "common/iaid.h"

#include <charconv>
#include <system_error>

namespace leases {

std::optional<Iaid> Iaid::parse(std::string_view text) noexcept {
  Iaid iaid;
  if (!text.empty() && text.front() == 'T') {
    iaid.temporary = true;
    text.remove_prefix(1);
  }
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, iaid.value);
  if (result.ec != std::errc() || result.ptr != end) return {};
  return iaid;
}

IaidText::IaidText(const Iaid& iaid) noexcept {
  char* begin = text_;
  if (iaid.temporary) *begin++ = 'T';
  length_ = static_cast<std::size_t>(std::to_chars(begin, text_ + sizeof text_, iaid.value).ptr - text_);
}

}  // namespace leases
