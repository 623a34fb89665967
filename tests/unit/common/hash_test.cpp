#include "common/hash.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <string_view>

#include "common/host_name.h"
#include "common/table.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

namespace {

/// The hash as schema/index-layout.md describes it, byte by byte, in 64-bit arithmetic.
class WrittenDown {
 public:
  static std::uint64_t of(std::string_view bytes) {
    std::uint64_t state = kSeed ^ bytes.size();
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8)
      state = folded_product(state ^ little_endian(bytes.substr(at, 8)));
    state = folded_product(state ^ little_endian(bytes.substr(at)));
    return folded_product(state ^ kSeed);
  }

 private:
  static constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t kMultiplier = 0xd6e8feb86659fd93;

  static std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return word;
  }

  /// The upper half of the 128-bit product with the multiplier, xor the lower half.
  static std::uint64_t folded_product(std::uint64_t factor) {
    constexpr std::uint64_t kLow = 0xffffffff;
    const std::uint64_t low_low = (factor & kLow) * (kMultiplier & kLow);
    const std::uint64_t high_low = (factor >> 32) * (kMultiplier & kLow);
    const std::uint64_t low_high = (factor & kLow) * (kMultiplier >> 32);
    const std::uint64_t high_high = (factor >> 32) * (kMultiplier >> 32);
    const std::uint64_t middle = (low_low >> 32) + (high_low & kLow) + (low_high & kLow);
    const std::uint64_t high = high_high + (high_low >> 32) + (low_high >> 32) + (middle >> 32);
    return high ^ factor * kMultiplier;
  }
};

std::uint64_t hash(std::string_view text) {
  return Hash::of(text.data(), text.size());
}

}  // namespace

TEST_SUITE_BEGIN("hash");

TEST_CASE("the values on disk never change") {
  CHECK(hash("") == 0x4f329cadfaf7c73c);
  CHECK(hash("a") == 0x46b52cc06d66fbd0);
  CHECK(hash("web") == 0xb29b24fa0924ec1f);
  CHECK(hash("webserver") == 0x36db15a62ad94a3d);
  CHECK(hash("node-1") == 0x4a02e5ed3f764a7f);
  CHECK(hash("12345678") == 0x53687e6129bd8790);
  CHECK(hash("123456789") == 0x20fcd1c937ee86db);
  CHECK(hash(std::string(63, 'a')) == 0xd0ca3781be6364eb);
  CHECK(hash_of(ip("10.77.1.196")) == 0x2b68828d3d704548);
  CHECK(hash_of(ip("fd77:1::1a2b")) == 0x300a030930ae7846);
}

TEST_CASE("it is the function that is written down") {
  std::string text;
  for (int length = 0; length < 300; ++length) {
    CAPTURE(length);
    CHECK(hash(text) == WrittenDown::of(text));
    text += static_cast<char>(length * 37 + 11);
  }
}

TEST_CASE("zeros at the end make a difference") {
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length < 64; ++length) seen.insert(hash(std::string(length, '\0')));
  CHECK(seen.size() == 64);
}

TEST_CASE("it does not matter where in memory the bytes are") {
  alignas(8) std::array<char, 32> memory{};
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::memcpy(memory.data() + shift, "a-host-name-of-some-len", 23);
    CHECK(Hash::of(memory.data() + shift, 23) == hash("a-host-name-of-some-len"));
  }
}

TEST_CASE("names are hashed in canonical form, addresses by their four or sixteen bytes") {
  CHECK(CanonicalLabel::parse("WebServer")->hash() == hash("webserver"));
  CHECK(hash_of(ip("10.0.0.1")) == hash(std::string_view("\x0a\0\0\x01", 4)));
  CHECK(hash_of(ip("::1")) == hash(std::string(15, '\0') + '\x01'));
}

TEST_SUITE_END();

}  // namespace leases::test
