#include "share/base64.h"

#include <netinet/in.h>
#include <resolv.h>
#include <sys/types.h>

namespace leases::share {

std::string base64_of(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  // It also writes a 0 at the end, where the string has one.
  b64_ntop(reinterpret_cast<const u_char*>(bytes.data()), bytes.size(), text.data(), text.size() + 1);
  return text;
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  const std::string whole(text);
  // Of a text that is not padded right it may write some bytes before it finds out.
  std::string bytes(whole.size() / 4 * 3 + 3, '\0');
  const int length = b64_pton(whole.c_str(), reinterpret_cast<u_char*>(bytes.data()), bytes.size());
  if (length < 0 || whole.find('\0') != std::string::npos) return {};
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

}  // namespace leases::share
