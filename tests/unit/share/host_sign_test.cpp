#include "share/host_sign.h"

#include <doctest/doctest.h>

#include "tests/support/files.h"

namespace leases::test {

using namespace leases::share;

TEST_SUITE_BEGIN("host_sign");

TEST_CASE("a sign comes back") {
  const auto sign = HostSign::parse(HostSign{"ab:cd", {1764291234}}.text());
  REQUIRE(sign);
  CHECK(sign->instance == "ab:cd");
  CHECK(sign->time.value == 1764291234);
}

TEST_CASE("anything else is no sign") {
  for (const char* text : {"", "{}", "[]", "1", R"({"instance":1,"time":2})", R"({"instance":"a"})",
                           R"({"instance":"a","time":-1})", R"({"instance":"a","time":"1"})"})
    CHECK_FALSE(HostSign::parse(text));
}

TEST_CASE("a machine keeps its instance, and another has another") {
  const TemporaryDirectory one;
  const TemporaryDirectory other;
  const std::string instance = own_instance(one.path() + "/shared");
  CHECK(own_instance(one.path() + "/shared") == instance);
  CHECK(own_instance(other.path()) != instance);
  write_file(one.path() + "/shared/instance", "x\n");
  CHECK(own_instance(one.path() + "/shared") != "x");
}

TEST_SUITE_END();

}  // namespace leases::test
