#include "cli/checks/dns_message.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// An answer to a question for "web", with records of the form: name, type, class, time to live, data.
Bytes answer(std::uint16_t id, const std::vector<std::pair<std::uint8_t, Bytes>>& records) {
  Bytes bytes = dns_question(id, "web", Family::v4);
  bytes[2] = 0x84;
  bytes[7] = static_cast<std::uint8_t>(records.size());
  for (const auto& [type, data] : records) {
    const auto size = static_cast<std::uint8_t>(data.size());
    for (const std::uint8_t byte : Bytes{0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 60, 0, size})
      bytes.push_back(byte);
    bytes.insert(bytes.end(), data.begin(), data.end());
  }
  return bytes;
}

constexpr std::uint8_t kA = 1;
constexpr std::uint8_t kCname = 5;
constexpr std::uint8_t kAaaa = 28;

const Bytes kSix{0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

using Addresses = std::set<IpAddress>;

}  // namespace

TEST_SUITE_BEGIN("dns_message");

TEST_CASE("a question has the name in labels, and asks for no recursion") {
  CHECK(dns_question(0x1234, "web.lab", Family::v4) ==
        Bytes{0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'w', 'e', 'b', 3, 'l', 'a', 'b', 0, 0, 1, 0, 1});
}

TEST_CASE("a question for IPv6 has another type") {
  CHECK(dns_question(1, "a", Family::v6) ==
        Bytes{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 28, 0, 1});
}

TEST_CASE("an answer has the addresses of the family, each once") {
  const Bytes bytes = answer(
      7, {{kCname, {0}}, {kA, {10, 0, 0, 1}}, {kAaaa, kSix}, {kA, {10, 0, 0, 2}}, {kA, {10, 0, 0, 1}}});
  CHECK(dns_answer(bytes, 7, Family::v4) == Addresses{ip("10.0.0.1"), ip("10.0.0.2")});
  CHECK(dns_answer(bytes, 7, Family::v6) == Addresses{ip("fd00::1")});
}

TEST_CASE("a server that gives nothing has answered") {
  CHECK(dns_answer(answer(7, {}), 7, Family::v4) == Addresses{});
}

TEST_CASE("an address of another length is not one") {
  CHECK(dns_answer(answer(7, {{kA, {10, 0, 0}}}), 7, Family::v4) == Addresses{});
}

TEST_CASE("an answer to another question is not an answer") {
  CHECK_FALSE(dns_answer(answer(7, {{kA, {10, 0, 0, 1}}}), 8, Family::v4));
}

TEST_CASE("a message that ends too early is not an answer") {
  const Bytes whole = answer(7, {{kA, {10, 0, 0, 1}}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(
        dns_answer(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), 7, Family::v4));
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
