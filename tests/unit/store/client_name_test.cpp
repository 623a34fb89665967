#include "store/client_name.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace leases::test {

TEST_SUITE_BEGIN("client_name");

TEST_CASE("one word of visible characters can be kept") {
  for (const std::string_view name : {"web",
                                      "_srv",
                                      "-rf",
                                      "101",
                                      "vm--",
                                      "host:9091",
                                      "bob's",
                                      "a.b",
                                      "../x",
                                      "$(id)",
                                      "x\"y",
                                      "a\\b",
                                      "*",
                                      "~",
                                      "\xc3\xbc"
                                      "ber",
                                      "\xc2\xa0",
                                      "\xdf\xbf",
                                      "\xe0\xa0\x80",
                                      "\xed\x9f\xbf",
                                      "\xee\x80\x80",
                                      "\xef\xbf\xbf",
                                      "\xf0\x90\x80\x80",
                                      "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(name);
    CHECK(is_client_name(name));
  }
}

TEST_CASE("blanks, control characters and what is not UTF-8 cannot") {
  for (const std::string_view name : {std::string_view(""),
                                      std::string_view(" "),
                                      std::string_view("a b"),
                                      std::string_view("a\tb"),
                                      std::string_view("a\nb"),
                                      std::string_view("a\0b", 3),
                                      std::string_view("\x1b[2J"),
                                      std::string_view("\x7f"),
                                      std::string_view("\xc2\x80"),
                                      std::string_view("\xc2\x9b"),
                                      std::string_view("\xff"),
                                      std::string_view("\x80"),
                                      std::string_view("\xbf"),
                                      std::string_view("\xc3"),
                                      std::string_view("\xc3("),
                                      std::string_view("\xc0\xaf"),
                                      std::string_view("\xc1\xbf"),
                                      std::string_view("\xe0\x9f\xbf"),
                                      std::string_view("\xe2\x82"),
                                      std::string_view("\xed\xa0\x80"),
                                      std::string_view("\xf0\x8f\xbf\xbf"),
                                      std::string_view("\xf4\x90\x80\x80"),
                                      std::string_view("\xf5\x80\x80\x80"),
                                      std::string_view("\xf0\x9f\x98")}) {
    CAPTURE(name);
    CHECK_FALSE(is_client_name(name));
  }
}

TEST_CASE("dnsmasq reads 64 bytes of a name") {
  CHECK(is_client_name(std::string(64, 'b')));
  CHECK_FALSE(is_client_name(std::string(65, 'b')));
  std::string half(63, 'b');
  CHECK_FALSE(is_client_name(half + "\xc3\xbc"));
}

TEST_SUITE_END();

}  // namespace leases::test
