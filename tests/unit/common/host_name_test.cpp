#include "common/host_name.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <tuple>

#include "common/hash.h"

namespace leases::test {

TEST_SUITE_BEGIN("host_name");

TEST_CASE("a label is what dnsmasq lets through") {
  for (const std::string_view label : {"a", "A", "0", "web-1", "x_y", "ends-", "12345"}) {
    CAPTURE(label);
    CHECK(is_host_label(label));
  }
  for (const std::string_view text :
       {std::string_view(), std::string_view("-a"), std::string_view("_a"), std::string_view("a.b"),
        std::string_view("a."), std::string_view("a b"), std::string_view("a\n"), std::string_view("a\0", 2),
        std::string_view("b\xc3\xbc"), std::string_view("\xff"), std::string_view("a/b"),
        std::string_view("a\"")}) {
    CAPTURE(text);
    CHECK_FALSE(is_host_label(text));
  }
}

TEST_CASE("every byte but letters, digits, hyphen and underscore is refused") {
  const std::string_view good = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  for (int value = 0; value < 256; ++value) {
    CAPTURE(value);
    const char byte = static_cast<char>(value);
    CHECK(is_host_label(std::string{'a', byte}) == (good.find(byte) != std::string_view::npos));
  }
}

TEST_CASE("a label has at most 63 bytes") {
  CHECK(is_host_label(std::string(63, 'a')));
  CHECK_FALSE(is_host_label(std::string(64, 'a')));
  CHECK(CanonicalLabel::parse(std::string(63, 'A'))->view() == std::string(63, 'a'));
  CHECK_FALSE(CanonicalLabel::parse(std::string(64, 'a')));
}

TEST_CASE("a domain name is labels joined by dots") {
  for (const std::string_view name : {"lan", "lan.example", "a.b.c.d", "LAN.Example"}) {
    CAPTURE(name);
    CHECK(is_domain_name(name));
  }
  for (const std::string_view name : {"", ".", "lan.", ".lan", "a..b", "a.-b", "a b.c"}) {
    CAPTURE(name);
    CHECK_FALSE(is_domain_name(name));
  }
  std::string longest = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.';
  CHECK(is_domain_name(longest + std::string(61, 'd')));
  CHECK_FALSE(is_domain_name(longest + std::string(62, 'd')));
}

TEST_CASE("only ASCII letters are folded") {
  for (int value = 0; value < 256; ++value) {
    CAPTURE(value);
    const char byte = static_cast<char>(value);
    CHECK(fold_ascii(byte) == (value >= 'A' && value <= 'Z' ? static_cast<char>(value + 32) : byte));
  }
  CHECK(equal_folded("WEB-1", "web-1"));
  CHECK_FALSE(equal_folded("\xc3\x9c", "\xc3\xbc"));
  CHECK_FALSE(equal_folded("[", "{"));
  CHECK_FALSE(equal_folded("web", "web1"));
}

TEST_CASE("names are ordered by unsigned bytes after folding, a prefix first") {
  CHECK(compare_folded("Web", "wEB") == 0);
  CHECK(compare_folded("web", "web1") < 0);
  CHECK(compare_folded("web1", "web") > 0);
  CHECK(compare_folded("A", "b") < 0);
  CHECK(compare_folded("a_", "a0") > 0);
  CHECK(compare_folded("\x7f", "\x80") < 0);
  CHECK(compare_folded("", "") == 0);
}

TEST_CASE("a canonical label is folded and hashed so") {
  const auto label = CanonicalLabel::parse("Web-Server_1");
  REQUIRE(label);
  CHECK(label->view() == "web-server_1");
  CHECK(label->hash() == Hash::of("web-server_1", 12));
}

TEST_CASE("a question is a label, and a suffix after the first dot") {
  for (const auto& [given, label, suffix] :
       std::initializer_list<std::tuple<std::string_view, std::string_view, std::string_view>>{
           {"web", "web", ""},
           {"WEB.", "web", ""},
           {"web.Lan", "web", "Lan"},
           {"web.lan.example.", "web", "lan.example"},
           {"web.br0:1", "web", "br0:1"}}) {
    const std::string_view text = given;
    CAPTURE(text);
    const auto query = HostQuery::parse(text);
    REQUIRE(query);
    CHECK(query->label.view() == label);
    CHECK(query->suffix == suffix);
  }
}

TEST_CASE("a name that no lease can have is not a question") {
  for (const std::string_view text :
       {std::string_view(), std::string_view("."), std::string_view(".."), std::string_view(".lan"),
        std::string_view("web.."), std::string_view("web..lan"), std::string_view("web.lan.."),
        std::string_view(" web"), std::string_view("web "), std::string_view("we\0b", 4),
        std::string_view("web\0", 4), std::string_view("m\xc3\xbcller"),
        std::string_view("m\xc3\xbcller.lan"), std::string_view("_web"), std::string_view("*")}) {
    CAPTURE(text);
    CHECK_FALSE(HostQuery::parse(text));
  }
}

TEST_CASE("what is below localhost is the machine's own") {
  for (const std::string_view text : {"web.localhost", "web.LocalHost.", "web.lan.localhost",
                                      "web.localhost.localdomain", "web.lan.localhost.LocalDomain"}) {
    CAPTURE(text);
    CHECK_FALSE(HostQuery::parse(text));
  }
  for (const std::string_view text : {"web.mylocalhost", "web.localhost.lan", "web.localhosts",
                                      "web.localdomain", "web.localhost.localdomains"}) {
    CAPTURE(text);
    CHECK(HostQuery::parse(text));
  }
}

TEST_CASE("a name of 253 bytes is read, with a dot after it, too; a longer one is not") {
  const std::string longest = "web." + std::string(249, 'x');
  CHECK(HostQuery::parse(longest));
  CHECK(HostQuery::parse(longest + '.'));
  CHECK_FALSE(HostQuery::parse(longest + 'x'));
  CHECK_FALSE(HostQuery::parse(longest + ".."));
}

TEST_CASE("a name of 16 MiB is refused, whatever is in it") {
  constexpr std::size_t kHuge = 16U << 20;
  for (const char byte : {'a', '.', '\0', '\xff'}) CHECK_FALSE(HostQuery::parse(std::string(kHuge, byte)));
  CHECK_FALSE(HostQuery::parse("web." + std::string(kHuge, 'a')));
  CHECK_FALSE(is_domain_name(std::string(kHuge, 'a')));
  CHECK_FALSE(CanonicalLabel::parse(std::string(kHuge, 'a')));
}

TEST_CASE("any byte at any place of a label of any length is judged and folded as if it were alone") {
  for (std::size_t length = 1; length <= kMaxLabel + 1; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(length, 'm');
        text[at] = static_cast<char>(byte);
        const auto label = CanonicalLabel::parse(text);
        REQUIRE(label.has_value() == is_host_label(text));
        if (!label) continue;
        text[at] = fold_ascii(text[at]);
        REQUIRE(label->view() == text);
        REQUIRE(label->hash() == Hash::of(text.data(), text.size()));
      }
    }
  }
}

TEST_SUITE_END();

}  // namespace leases::test
