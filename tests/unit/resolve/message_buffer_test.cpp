#include "resolve/message_buffer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace leases::resolve::test {

namespace {

/// The messages in bytes that come in pieces of this size.
std::vector<std::string> messages(const std::string& bytes, std::size_t piece) {
  MessageBuffer buffer;
  std::vector<std::string> found;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer.add(std::string_view(bytes).substr(at, piece));
    CHECK_FALSE(buffer.is_too_long());
    while (buffer.has_next()) found.emplace_back(buffer.next().value());
    CHECK_FALSE(buffer.next());
  }
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("message_buffer");

TEST_CASE("messages are the same however they come") {
  const std::string bytes("first\0\0third\0and the begin", 26);
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
    CHECK(messages(bytes, piece) == std::vector<std::string>{"first", "", "third"});
}

TEST_CASE("what has come of a message waits for the rest, also while others are taken") {
  MessageBuffer buffer;
  buffer.add(std::string_view("a\0b\0c", 5));
  CHECK(buffer.next() == "a");
  buffer.add("d");
  CHECK(buffer.next() == "b");
  CHECK_FALSE(buffer.next());
  CHECK_FALSE(buffer.next());
  buffer.add(std::string_view("\0", 1));
  CHECK(buffer.next() == "cd");
  CHECK_FALSE(buffer.next());
}

TEST_CASE("a message without an end is noticed, and those before it are not lost") {
  MessageBuffer buffer;
  buffer.add(std::string(MessageBuffer::kMaxMessage, 'x'));
  CHECK_FALSE(buffer.is_too_long());
  buffer.add("x");
  CHECK(buffer.is_too_long());

  MessageBuffer second;
  second.add(std::string_view("a\0", 2));
  second.add(std::string(MessageBuffer::kMaxMessage + 1, 'x'));
  CHECK_FALSE(second.is_too_long());
  CHECK(second.next() == "a");
  CHECK(second.is_too_long());
}

TEST_SUITE_END();

}  // namespace leases::resolve::test
