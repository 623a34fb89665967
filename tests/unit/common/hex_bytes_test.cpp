#include "common/hex_bytes.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("hex_bytes");

TEST_CASE("every byte comes back in either case of digits") {
  for (int value = 0; value < 256; ++value) {
    CAPTURE(value);
    const auto byte = static_cast<std::uint8_t>(value);
    char text[2];
    CHECK(format_hex_bytes(&byte, 1, text) == text + 2);
    for (const bool upper : {false, true}) {
      std::string spelled(text, 2);
      if (upper) {
        for (char& c : spelled) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
      }
      std::uint8_t read = 0;
      CHECK(parse_hex_bytes(spelled, &read, 1) == 1);
      CHECK(read == byte);
    }
  }
}

TEST_CASE("bytes are joined by colons in lower case with nothing after them") {
  const std::array<std::uint8_t, 4> bytes{0x01, 0xAB, 0x00, 0xff};
  char text[16] = "...............";
  const char* end = format_hex_bytes(bytes.data(), bytes.size(), text);
  CHECK(std::string_view(text, end) == "01:ab:00:ff");
  CHECK(*end == '.');
  CHECK(format_hex_bytes(bytes.data(), 0, text) == text);
}

TEST_CASE("the empty text is no bytes") {
  std::uint8_t none = 7;
  CHECK(parse_hex_bytes("", &none, 0) == 0);
  CHECK(parse_hex_bytes({}, &none, 1) == 0);
  CHECK(none == 7);
}

TEST_CASE("a text of any other form is refused") {
  std::array<std::uint8_t, 8> to{};
  for (const std::string_view text :
       {std::string_view("0"), std::string_view("001"), std::string_view("0001"), std::string_view("00:"),
        std::string_view(":00"), std::string_view("00::00"), std::string_view("00-01"),
        std::string_view("0g"), std::string_view("g0"), std::string_view("00 01"), std::string_view("00:0"),
        std::string_view(" 00"),
        std::string_view("00\0"
                         "01",
                         5)}) {
    CAPTURE(text);
    CHECK_FALSE(parse_hex_bytes(text, to.data(), to.size()));
  }
}

TEST_CASE("more bytes than there is room for are refused and nothing is written after it") {
  std::array<std::uint8_t, 3> to{0xee, 0xee, 0xee};
  CHECK_FALSE(parse_hex_bytes("01:02:03", to.data(), 2));
  CHECK(to[2] == 0xee);
  CHECK(parse_hex_bytes("01:02", to.data(), 2) == 2);
  CHECK(to == std::array<std::uint8_t, 3>{1, 2, 0xee});
}

TEST_SUITE_END();

}  // namespace leases::test
