#include "cli/known_hosts/address_history.h"

#include <doctest/doctest.h>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

constexpr EpochSeconds kNow{1'700'000'000};
constexpr std::uint64_t kYear = 31'536'000;

/// A directory with a history.
class Place {
 public:
  void write(std::string_view text) const { write_file(place_.path_of("holders"), text); }
  [[nodiscard]] std::string text() const { return read_file(place_.path_of("holders")); }
  [[nodiscard]] const Directory& directory() const { return directory_; }

 private:
  TemporaryDirectory place_;
  Directory directory_ = Directory::open_or_create(place_.path());
};

}  // namespace

TEST_SUITE_BEGIN("address_history");

TEST_CASE("before the first run nothing has changed hands") {
  const Place place;
  const AddressHistory history(place.directory());
  CHECK_FALSE(history.exists());
  CHECK_FALSE(history.changed_hands("web", {"a"}));
}

TEST_CASE("a host changes hands when none of its holders has it any more") {
  const Place place;
  place.write("web 1700000000 a b\n10.0.0.1 1700000000 a\n");
  const AddressHistory history(place.directory());
  CHECK(history.exists());
  CHECK(history.changed_hands("web", {"c"}));
  CHECK_FALSE(history.changed_hands("web", {"b", "c"}));
  CHECK_FALSE(history.changed_hands("db", {"c"}));
  CHECK(history.changed_hands("10.0.0.1", {"b"}));
}

TEST_CASE("what is remembered is there in the next run") {
  const Place place;
  {
    AddressHistory history(place.directory());
    history.remember("web", {"b", "a"}, kNow);
    history.save(kNow);
  }
  CHECK(place.text() == "web 1700000000 a b\n");
}

TEST_CASE("a host that was not leased for a year is forgotten") {
  const Place place;
  const std::string kept = "new " + std::to_string(kNow.value - kYear) + " a\n";
  place.write(kept + "old " + std::to_string(kNow.value - kYear - 1) + " a\n");
  AddressHistory(place.directory()).save(kNow);
  CHECK(place.text() == kept);
}

TEST_CASE("damaged lines are left out") {
  const Place place;
  place.write("\nweb\nweb soon a\nempty 1700000000\ndb 1700000000 a\n");
  const AddressHistory history(place.directory());
  CHECK_FALSE(history.changed_hands("web", {"b"}));
  CHECK_FALSE(history.changed_hands("empty", {"b"}));
  CHECK(history.changed_hands("db", {"b"}));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
