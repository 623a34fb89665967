#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/support/owned_lease.h"

namespace leases::test {

TEST_SUITE_BEGIN("hardware_address");

TEST_CASE("dnsmasq's notation comes back as it was") {
  for (const std::string_view text :
       {"52:54:00:12:34:56", "06-02:00:00:00:00:01", "20-", "00-", "01-", "ff-00", "00-02:00:00:00:00:01",
        "20-00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f", "0a", "100-aa:bb", "ffff-aa:bb"}) {
    CAPTURE(text);
    const auto address = HardwareAddress::parse(text);
    REQUIRE(address);
    CHECK(HardwareText(*address).view() == text);
  }
}

TEST_CASE("type and bytes are what the text says") {
  const HardwareAddress ethernet = mac("52:54:00:aB:Cd:eF");
  CHECK(ethernet.type == 1);
  CHECK(ethernet.length == 6);
  CHECK(ethernet.bytes == std::array<std::uint8_t, 16>{0x52, 0x54, 0x00, 0xab, 0xcd, 0xef});
  CHECK(HardwareText(ethernet).view() == "52:54:00:ab:cd:ef");

  const HardwareAddress infiniband = mac("20-");
  CHECK(infiniband.type == 0x20);
  CHECK(infiniband.length == 0);
}

TEST_CASE("addresses with the same bytes but another type or length differ") {
  CHECK(mac("02:00:00:00:00:01") == mac("01-02:00:00:00:00:01"));
  CHECK_FALSE(mac("02:00:00:00:00:01") == mac("06-02:00:00:00:00:01"));
  CHECK_FALSE(mac("02:00") == mac("02:00:00"));
}

TEST_CASE("anything but a hardware address is refused") {
  for (const std::string_view text :
       {std::string_view(), std::string_view("-"), std::string_view("1-"), std::string_view("12345-00"),
        std::string_view("0x-00"), std::string_view("52:54:00:12:34:5"), std::string_view("52:54:00:12:34:"),
        std::string_view("52-54-00-12-34-56"), std::string_view("5254.0012.3456"), std::string_view(":"),
        std::string_view("52:54:00:12:34:56 "), std::string_view("52:54:00\0:12", 12),
        std::string_view("00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10")}) {
    CAPTURE(text);
    CHECK_FALSE(HardwareAddress::parse(text));
  }
}

TEST_CASE("a length that cannot be is not followed beyond the bytes") {
  HardwareAddress address = mac("00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f");
  address.length = 255;
  CHECK(HardwareText(address).view() == "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f");
}

TEST_SUITE_END();

}  // namespace leases::test
