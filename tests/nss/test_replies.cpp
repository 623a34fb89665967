/// How replies are packed into the caller's buffer.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"
#include "tests/support/questions.h"

using namespace leases::test;

namespace {

/// Memory with a border on both sides that must not be written. The size is exact, so that sanitizers see
/// reads, too.
class BorderedBuffer {
 public:
  BorderedBuffer(std::size_t size, std::size_t misalignment)
      : offset_(kBorder + misalignment), size_(size), memory_(offset_ + size + kBorder, kMark) {}

  char* begin() { return memory_.data() + offset_; }
  [[nodiscard]] bool contains(const Piece& piece) const {
    const auto* at = static_cast<const char*>(piece.begin);
    const char* begin = memory_.data() + offset_;
    return at >= begin && piece.size <= size_ && at + piece.size <= begin + size_;
  }
  [[nodiscard]] bool border_intact() const {
    const auto is_mark = [](char c) { return c == kMark; };
    return std::all_of(memory_.begin(), memory_.begin() + static_cast<std::ptrdiff_t>(offset_), is_mark) &&
           std::all_of(memory_.end() - kBorder, memory_.end(), is_mark);
  }

 private:
  static constexpr std::size_t kBorder = 64;
  static constexpr char kMark = '\x5a';
  std::size_t offset_;
  std::size_t size_;
  std::vector<char> memory_;
};

bool aligned(const Piece& piece) {
  return reinterpret_cast<std::uintptr_t>(piece.begin) % piece.alignment == 0;
}

std::vector<Host> asked_hosts() {
  return {{kAskedName, kAskedV4},
          {kAskedName, "10.77.1.2"},
          {kAskedName, "10.77.1.3"},
          {kAskedName, kAskedV6},
          {kAskedName, "fd00:77::2"}};
}

/// Calls with a buffer of this size and checks the reply. Whether the buffer was enough.
bool try_size(const Question& question, std::size_t size, std::size_t misalignment) {
  BorderedBuffer buffer(size, misalignment);
  Caller caller{buffer.begin(), size};
  const Answered answered = question.ask(caller);
  CHECK(buffer.border_intact());
  if (answered.status == NSS_STATUS_SUCCESS) {
    CHECK(caller.h_error == NETDB_SUCCESS);
    CHECK(answered.pieces.size() >= 3);
    for (const Piece& piece : answered.pieces) {
      CHECK(buffer.contains(piece));
      CHECK(aligned(piece));
    }
    return true;
  }
  CHECK(answered.status == NSS_STATUS_TRYAGAIN);
  CHECK(caller.error == ERANGE);
  CHECK(caller.h_error == NETDB_INTERNAL);
  CHECK(answered.pieces.empty());
  return false;
}

}  // namespace

TEST_CASE(
    "Every buffer that is too small gives ERANGE, every other one a reply that lies in it, wherever it "
    "begins") {
  const InstalledStore store(asked_hosts());
  for (const Question& question : answered_questions()) {
    CAPTURE(question.text);
    std::size_t need = 0;
    while (need < 4096 && !try_size(question, need, 0)) ++need;
    CAPTURE(need);
    REQUIRE(need > 0);
    REQUIRE(need < 1024);
    for (std::size_t misalignment = 0; misalignment < 8; ++misalignment) {
      CAPTURE(misalignment);
      for (std::size_t size = 0; size < need; ++size) CHECK_FALSE(try_size(question, size, misalignment));
      for (std::size_t size = need; size < need + 16; ++size) CHECK(try_size(question, size, misalignment));
    }
  }
}

TEST_CASE("A buffer of no bytes need not exist") {
  const InstalledStore store(asked_hosts());
  for (const Question& question : answered_questions()) {
    CAPTURE(question.text);
    Caller caller{nullptr, 0};
    CHECK(question.ask(caller).status == NSS_STATUS_TRYAGAIN);
    CHECK(caller.error == ERANGE);
  }
}

TEST_CASE(
    "After ERANGE the caller's tuple and host are as before, and a larger buffer has the whole answer") {
  const InstalledStore store(asked_hosts());
  std::array<char, 64> small{};
  gaih_addrtuple own{};
  gaih_addrtuple* first = &own;
  int error = 0;
  int h_error = 0;
  REQUIRE(module().gethostbyname4_r(kAskedName, &first, small.data(), small.size(), &error, &h_error,
                                    nullptr) == NSS_STATUS_TRYAGAIN);
  CHECK(first == &own);
  CHECK(own.name == nullptr);
  CHECK(own.next == nullptr);

  std::array<char, 4096> large{};
  REQUIRE(module().gethostbyname4_r(kAskedName, &first, large.data(), large.size(), &error, &h_error,
                                    nullptr) == NSS_STATUS_SUCCESS);
  std::size_t count = 0;
  for (const gaih_addrtuple* tuple = first; tuple != nullptr; tuple = tuple->next) ++count;
  CHECK(count == 5);
}

TEST_CASE("A tuple that the caller brings along is the first of the answer, complete with its name") {
  const InstalledStore store(asked_hosts());
  std::array<char, 4096> buffer{};
  gaih_addrtuple own{};
  gaih_addrtuple* first = &own;
  int error = 0;
  int h_error = 0;
  REQUIRE(module().gethostbyname4_r(kAskedName, &first, buffer.data(), buffer.size(), &error, &h_error,
                                    nullptr) == NSS_STATUS_SUCCESS);
  CHECK(first == &own);
  CHECK(own.name == std::string("asked.lab"));
  CHECK(own.family == AF_INET6);
  std::size_t count = 0;
  for (const gaih_addrtuple* tuple = first; tuple != nullptr; tuple = tuple->next) {
    CHECK(tuple->name == std::string("asked.lab"));
    CHECK(tuple->scopeid == 0);
    ++count;
  }
  CHECK(count == 5);
}

TEST_CASE("The arguments for the time and the canonical name may be null") {
  const InstalledStore store(asked_hosts());
  std::array<char, 4096> buffer{};
  hostent host{};
  int error = 0;
  int h_error = 0;
  CHECK(module().gethostbyname3_r(kAskedName, AF_INET, &host, buffer.data(), buffer.size(), &error, &h_error,
                                  nullptr, nullptr) == NSS_STATUS_SUCCESS);
  CHECK(host.h_name == std::string("asked.lab"));
}
