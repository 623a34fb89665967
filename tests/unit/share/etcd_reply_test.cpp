#include "share/etcd_reply.h"

#include <doctest/doctest.h>

#include "share/base64.h"

namespace leases::test {

using namespace leases::share;

namespace {

std::string kv(const std::string& key, const std::string& value) {
  return R"({"key":")" + base64_of(key) + R"(","value":")" + base64_of(value) +
         R"(","lease":"7587","create_revision":"3","mod_revision":"5","version":"1"})";
}

constexpr const char* kHeader =
    R"("header":{"cluster_id":"14841639068965178418","member_id":"1","revision":"7","raft_term":"2"})";

}  // namespace

TEST_SUITE_BEGIN("etcd_reply");

TEST_CASE("a range") {
  const EtcdReply reply = parse_reply("{" + std::string(kHeader) + R"(,"kvs":[)" + kv("/a", "1") +
                                      R"(],"more":true,"count":"9"})");
  CHECK(reply.error.empty());
  CHECK(reply.header.revision == 7);
  REQUIRE(reply.keys.size() == 1);
  CHECK(reply.keys[0].key == "/a");
  CHECK(reply.keys[0].value == "1");
  CHECK(reply.keys[0].lease == 7587);
  CHECK(reply.keys[0].mod_revision == 5);
  CHECK(reply.has_more);
}

TEST_CASE("a sign of life is the first answer of a stream, without a time if the lease has ended") {
  const std::string lease = R"({"result":{)" + std::string(kHeader) + R"(,"ID":"7587")";
  CHECK(parse_reply(lease + R"(,"TTL":"30"}})").time == 30);
  CHECK(parse_reply(lease + "}}").time == 0);
  CHECK(parse_reply(lease + "}}").error.empty());
}

TEST_CASE("errors of requests and of streams") {
  const EtcdReply reply = parse_reply(R"({"error":"etcdserver: permission denied","message":"x","code":7})");
  CHECK(reply.error == "etcdserver: permission denied");
  CHECK(static_cast<int>(reply.code) == 7);
  const EtcdReply later = parse_reply(R"({"code":7, "message":"etcdserver: permission denied"})");
  CHECK(later.error == "etcdserver: permission denied");
  CHECK(later.code == EtcdCode::permission_denied);
  CHECK_FALSE(parse_reply(R"({"code":7})").error.empty());
  const EtcdReply later_stream = parse_reply(R"({"error":{"code":14,"message":"no leader","details":[]}})");
  CHECK(later_stream.error == "no leader");
  CHECK(static_cast<int>(later_stream.code) == 14);
  const EtcdReply stream = parse_reply(R"({"error":{"grpc_code":14,"http_code":503,"message":"no leader"}})");
  CHECK(stream.error == "no leader");
  CHECK(static_cast<int>(stream.code) == 14);
  CHECK_FALSE(parse_reply("<html>").error.empty());
  CHECK_FALSE(parse_reply("").error.empty());
  CHECK_FALSE(parse_reply("{}").error.empty());
  CHECK_FALSE(parse_reply(R"({"status":"somebody else's"})").error.empty());
  CHECK_FALSE(parse_watch_line(R"({"error":{"grpc_code":14,"message":"no leader"}})").error.empty());
  CHECK_FALSE(parse_watch_line("{}").error.empty());
}

TEST_CASE("the lines of a watch") {
  const WatchLine created =
      parse_watch_line(R"({"result":{)" + std::string(kHeader) + R"(,"created":true}})");
  CHECK(created.is_created);
  CHECK(created.header.revision == 7);
  const WatchLine events = parse_watch_line(R"({"result":{)" + std::string(kHeader) + R"(,"events":[{"kv":)" +
                                            kv("/a", "1") + R"(},{"type":"DELETE","kv":{"key":")" +
                                            base64_of("/b") + R"(","mod_revision":"6"}}]}})");
  REQUIRE(events.events.size() == 2);
  CHECK_FALSE(events.events[0].is_removal);
  CHECK(events.events[0].key.key == "/a");
  CHECK(events.events[1].is_removal);
  CHECK(events.events[1].key.key == "/b");
  CHECK(events.events[1].key.mod_revision == 6);
  const WatchLine canceled = parse_watch_line(R"({"result":{"canceled":true,"compact_revision":"12"}})");
  CHECK(canceled.is_canceled);
  CHECK(canceled.compacted == 12);
  CHECK(
      parse_watch_line(R"({"result":{"canceled":true,"cancel_reason":"permission denied"}})").why_canceled ==
      "permission denied");
}

TEST_SUITE_END();

}  // namespace leases::test
