#include "share/base64.h"

#include <doctest/doctest.h>

namespace leases::test {

using namespace leases::share;

TEST_SUITE_BEGIN("base64");

TEST_CASE("the examples of RFC 4648, 10, both ways") {
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    CHECK(base64_of(bytes) == text);
    CHECK(bytes_of_base64(text) == std::string(bytes));
  }
}

TEST_CASE("every byte comes back") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(bytes_of_base64(base64_of(all)) == all);
}

TEST_CASE("what is not base64 is nothing") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9v=", "Zm9v!", "Zg==x"}) CHECK_FALSE(bytes_of_base64(text));
}

TEST_SUITE_END();

}  // namespace leases::test
