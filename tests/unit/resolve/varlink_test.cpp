#include "resolve/varlink.h"

#include <doctest/doctest.h>

#include <string>

namespace leases::resolve::test {

TEST_SUITE_BEGIN("varlink");

TEST_CASE("a call has a method, and what is not said is not so") {
  const auto call = VarlinkCall::parse(R"({"method":"a.B"})");
  REQUIRE(call);
  CHECK(call->method == "a.B");
  CHECK(call->parameters == Json::object());
  CHECK_FALSE(call->more);
  CHECK_FALSE(call->oneway);
  CHECK_FALSE(call->upgrade);
  CHECK(VarlinkCall::parse(R"({"method":"a.B","parameters":{"x":1},"more":true})")->more);
  CHECK(VarlinkCall::parse(R"({"method":"a.B","oneway":true,"upgrade":true})")->upgrade);
  CHECK(VarlinkCall::parse(R"({"method":"a.B","parameters":null,"more":false})")->parameters ==
        Json::object());
  CHECK(VarlinkCall::parse(R"({"later":[1],"method":"a.B"})")->method == "a.B");
}

TEST_CASE("what is no call is none") {
  for (const char* text :
       {"", " ", "{}", "[]", "1", "null", "\"a.B\"", "{\"method\":\"\"}", "{\"method\":1}",
        "{\"method\":\"a.B\"", "{\"method\":\"a.B\"}}", R"({"method":"a.B","parameters":[]})",
        R"({"method":"a.B","more":1})", R"({"method":"a.B","more":null})",
        R"({"method":"a.B","more":true,"oneway":true})", "{\"method\":\"\xff\"}"})
    CHECK_MESSAGE(!VarlinkCall::parse(text), text);
  CHECK_FALSE(VarlinkCall::parse(std::string(100'000, '[')));
  CHECK_FALSE(VarlinkCall::parse(R"({"method":"a.B","parameters":)" + std::string(100'000, '[') +
                                 std::string(100'000, ']') + '}'));
}

TEST_CASE("a message ends with a zero byte and has no other") {
  CHECK(varlink_reply(Json::object()) == std::string("{\"parameters\":{}}\0", 18));
  CHECK(varlink_reply({{"x", 1}}, Continues::yes) ==
        std::string("{\"continues\":true,\"parameters\":{\"x\":1}}\0", 40));
  const std::string error = varlink_error("a.Error", {{"what", std::string("\0\"\n", 3)}});
  CHECK(error.find('\0') == error.size() - 1);
  CHECK(error.starts_with(R"({"error":"a.Error","parameters":{"what":)"));
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
