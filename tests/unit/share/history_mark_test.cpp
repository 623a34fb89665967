#include "share/history_mark.h"

#include <doctest/doctest.h>

namespace leases::test {

using namespace leases::share;

namespace {

EtcdReply with_key(std::int64_t revision, std::int64_t lease, const char* key = "/a") {
  EtcdReply reply;
  reply.keys.push_back({key, "value", lease, revision});
  return reply;
}

}  // namespace

TEST_SUITE_BEGIN("history_mark");

TEST_CASE("it is known by its key, revision and lease") {
  HistoryMark mark;
  CHECK_FALSE(mark.is_set());
  mark.note("/a", 7, 3);
  CHECK(mark.is_set());
  CHECK(mark.revision() == 7);
  CHECK(mark.is_confirmed_by(with_key(7, 3)));
  CHECK_FALSE(mark.is_confirmed_by(with_key(6, 3)));
  CHECK_FALSE(mark.is_confirmed_by(with_key(7, 4)));
  CHECK_FALSE(mark.is_confirmed_by(with_key(7, 3, "/b")));
}

TEST_CASE("without the key, or with an error, it is not confirmed") {
  HistoryMark mark;
  mark.note("/a", 7, 3);
  CHECK_FALSE(mark.is_confirmed_by(EtcdReply()));
  EtcdReply failed = with_key(7, 3);
  failed.error = "compacted";
  CHECK_FALSE(mark.is_confirmed_by(failed));
}

TEST_CASE("the latest counts") {
  HistoryMark mark;
  mark.note("/b", 9, 3);
  mark.note("/a", 7, 3);
  CHECK(mark.revision() == 9);
  CHECK(mark.is_confirmed_by(with_key(9, 3, "/b")));
  mark.clear();
  CHECK_FALSE(mark.is_set());
}

TEST_SUITE_END();

}  // namespace leases::test
