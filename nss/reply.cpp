#include "nss/reply.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "common/host_name.h"

namespace leases::nss {

Arena::Arena(char* buffer, std::size_t size) noexcept {
  constexpr std::size_t kSlack = kAlignment - 1;
  const auto address = reinterpret_cast<std::uintptr_t>(buffer);
  next_ = buffer + ((kAlignment - address % kAlignment) % kAlignment);
  left_ = size > kSlack ? size - kSlack : 0;
}

void* Arena::take(std::size_t size) noexcept {
  const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded > left_) return nullptr;
  void* piece = next_;
  next_ += rounded;
  left_ -= rounded;
  return piece;
}

char* Arena::copy_name(std::string_view name, std::string_view suffix) noexcept {
  const std::size_t length = name.size() + (suffix.empty() ? 0 : suffix.size() + 1);
  char* text = allocate<char>(length + 1);
  if (text == nullptr) return nullptr;
  char* end = std::transform(name.begin(), name.end(), text, fold_ascii);
  if (!suffix.empty()) {
    *end = '.';
    end = std::transform(suffix.begin(), suffix.end(), end + 1, fold_ascii);
  }
  *end = 0;
  return text;
}

bool AddressList::add(const IpAddress& address) noexcept {
  char* bytes = arena_.allocate<char>(stride());
  if (bytes == nullptr) return false;
  if (first_ == nullptr) first_ = bytes;
  std::memcpy(bytes, address.bytes.data(), address.size());
  ++count_;
  return true;
}

char** AddressList::pointers() noexcept {
  char** list = arena_.allocate<char*>(count_ + 1);
  if (list == nullptr) return nullptr;
  for (std::size_t i = 0; i < count_; ++i) list[i] = first_ + i * stride();
  list[count_] = nullptr;
  return list;
}

bool fill_hostent(Arena& arena, AddressList& addresses, char* name, char* alias, hostent& result) noexcept {
  char** aliases = arena.allocate<char*>(2);
  char** list = addresses.pointers();
  if (name == nullptr || aliases == nullptr || list == nullptr) return false;
  aliases[0] = alias;
  aliases[1] = nullptr;
  result.h_name = name;
  result.h_aliases = aliases;
  result.h_addrtype = addresses.family() == Family::v4 ? AF_INET : AF_INET6;
  result.h_length = addresses.family() == Family::v4 ? 4 : 16;
  result.h_addr_list = list;
  return true;
}

}  // namespace leases::nss
