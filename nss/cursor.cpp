#include "nss/cursor.h"

#include <atomic>
#include <cstdint>
#include <cstring>

namespace leases::nss {

namespace {

/// Each is atomic by itself, so that a program that calls the module without the C library's lock gets a
/// wrong position, but no undefined behaviour.
constinit std::atomic<std::uint64_t> g_words[2]{};
constinit std::atomic<std::uint8_t> g_family{0};

}  // namespace

std::optional<IpAddress> Cursor::position() noexcept {
  const std::uint8_t family = g_family.load();
  if (family == 0) return {};
  IpAddress address;
  address.family = static_cast<Family>(family);
  const std::uint64_t words[2] = {g_words[0].load(), g_words[1].load()};
  std::memcpy(address.bytes.data(), words, sizeof words);
  return address;
}

void Cursor::move_to(const IpAddress& address) noexcept {
  std::uint64_t words[2];
  std::memcpy(words, address.bytes.data(), sizeof words);
  g_words[0].store(words[0]);
  g_words[1].store(words[1]);
  g_family.store(static_cast<std::uint8_t>(address.family));
}

void Cursor::rewind() noexcept {
  g_family.store(0);
}

}  // namespace leases::nss
