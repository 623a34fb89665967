#include "resolve/hook_service.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace leases::resolve::test {

namespace {

using Kind = Response::Kind;

/// A service that knows one record, and the question that it was asked last.
struct Asked {
  std::vector<RecordKey> question;
  std::optional<Records> records = Records{"wire"};
  HookService service{[this](const std::vector<RecordKey>& asked) {
    question = asked;
    return records;
  }};

  Response respond(const Json& call) const {
    return service.respond(call.dump(), {{"filterDomains", {"lab"}}});
  }
  Json reply(const Json& call) const {
    const Response response = respond(call);
    REQUIRE(response.kind == Kind::message);
    REQUIRE(response.message.back() == '\0');
    return Json::parse(response.message.substr(0, response.message.size() - 1));
  }
};

Json key(int type, const std::string& name) {
  return {{"key", {{"class", 1}, {"type", type}, {"name", name}}}};
}

Json resolve(const Json& question) {
  return {{"method", "io.systemd.Resolve.Hook.ResolveRecord"}, {"parameters", {{"question", question}}}};
}

}  // namespace

TEST_SUITE_BEGIN("hook_service");

TEST_CASE("a question goes to the index with all its keys, and its records come in Base64") {
  Asked asked;
  CHECK(asked.reply(resolve({key(1, "vm1"), key(28, "vm2")})) ==
        Json{{"parameters", {{"rcode", 0}, {"answer", {{{"raw", "d2lyZQ=="}}}}}}});
  REQUIRE(asked.question.size() == 2);
  CHECK(asked.question[1].record_class == 1);
  CHECK(asked.question[1].type == 28);
  CHECK(asked.question[1].name == "vm2");
  asked.records = Records{};
  CHECK(asked.reply(resolve(Json::array({key(1, "vm1")}))) ==
        Json{{"parameters", {{"rcode", 0}, {"answer", Json::array()}}}});
  asked.records.reset();
  CHECK(asked.reply(resolve(Json::array({key(1, "vm1")}))) == Json{{"parameters", Json::object()}});
}

TEST_CASE("what is no question is refused, and nobody is asked") {
  Asked asked;
  const Json refused{{"error", "org.varlink.service.InvalidParameter"},
                     {"parameters", {{"parameter", "question"}}}};
  Json many = Json::array();
  for (std::size_t i = 0; i <= HookService::kMaxKeys; ++i) many.push_back(key(1, "vm1"));
  for (const Json& question :
       {Json(), Json::array(), Json::object(), Json(1), Json::array({Json::object()}), Json::array({1}), many,
        Json::array({key(65536, "x")}), Json::array({key(-1, "x")})})
    CHECK(asked.reply(resolve(question)) == refused);
  CHECK(asked.question.empty());
  many.erase(0);
  asked.reply(resolve(many));
  CHECK(asked.question.size() == HookService::kMaxKeys);
}

TEST_CASE("the filter comes once, or whenever it changes") {
  const Asked asked;
  Json call{{"method", "io.systemd.Resolve.Hook.QueryFilter"}};
  CHECK(asked.reply(call) == Json{{"parameters", {{"filterDomains", {"lab"}}}}});
  call["more"] = true;
  CHECK(asked.respond(call).kind == Kind::filter);
}

TEST_CASE("methods are called by their whole names") {
  const Asked asked;
  for (const char* method :
       {"ResolveRecord", "io.systemd.Resolve.Hook", "io.systemd.Resolve.HookResolveRecord",
        "io.systemd.Resolve.Hook.ResolveRecords", "io.systemd.Resolve.Hook.resolveRecord",
        "org.varlink.service.ResolveRecord", "xio.systemd.Resolve.Hook.ResolveRecord", "."}) {
    CAPTURE(method);
    CHECK(asked.reply({{"method", method}})["error"].get<std::string>().ends_with("NotFound"));
  }
}

TEST_CASE("a peer that wants no reply gets none, and one that makes no calls is hung up on") {
  const Asked asked;
  CHECK(asked.respond({{"method", "org.varlink.service.GetInfo"}, {"oneway", true}}).kind == Kind::none);
  CHECK(asked.respond({{"method", "no.Method"}, {"oneway", true}}).kind == Kind::none);
  CHECK(asked.respond(Json::array()).kind == Kind::hang_up);
  CHECK(asked.service.respond("", {}).kind == Kind::hang_up);
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
