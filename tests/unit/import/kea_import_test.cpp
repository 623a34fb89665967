#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/files.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

constexpr std::string_view kColumns =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_"
    "context\n";

std::string row_of(int number, std::string_view name, std::string_view lifetime = "3600") {
  return "10.7." + std::to_string(number / 256) + '.' + std::to_string(number % 256) + ",,," +
         std::string(lifetime) + ",4102444800,1,0,0," + std::string(name) + ",0,\n";
}

/// A store with a lease file of Kea's as its source.
class KeaFile : public Sources {
 public:
  KeaFile() {
    change_settings([&](Settings& settings) {
      settings.sources = {{SourceKind::kea_leases, path(), "lan"}};
    });
    write_file(path(), std::string(kColumns) + row_of(1, "web") + row_of(2, "db"));
    CHECK(import().empty());
  }

  [[nodiscard]] std::string path(std::string_view ending = {}) const {
    return path_of("kea-leases4.csv") + std::string(ending);
  }
  void append(const std::string& text) const { std::ofstream(path(), std::ios::app) << text; }

  /// Kea's part of the clean-up.
  void rotate() const {
    std::filesystem::rename(path(), path(".1"));
    write_file(path(), std::string(kColumns));
  }
};

}  // namespace

TEST_SUITE_BEGIN("kea_import");

TEST_CASE("rows that are appended change what was known, and nothing else") {
  const KeaFile kea;
  CHECK(kea.addresses("web.lan") == Names{"10.7.0.1"});
  kea.append(row_of(3, "new"));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("new") == Names{"10.7.0.3"});
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  kea.append(row_of(1, "www") + row_of(2, "db", "0"));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("www") == Names{"10.7.0.1"});
  CHECK(kea.addresses("web").empty());
  CHECK(kea.addresses("db").empty());
  CHECK(kea.addresses("new") == Names{"10.7.0.3"});
}

TEST_CASE("many rows at once are too many for an overlay, and nothing is lost") {
  const KeaFile kea;
  std::string rows = row_of(2, "db", "0");
  for (int i = 10; i < 300; ++i) rows += row_of(i, "vm" + std::to_string(i));
  kea.append(rows);
  CHECK(kea.import().empty());
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("db").empty());
  CHECK(kea.addresses("vm10") == Names{"10.7.0.10"});
  CHECK(kea.addresses("vm299") == Names{"10.7.1.43"});
}

TEST_CASE("a row that is half written counts when it is whole") {
  const KeaFile kea;
  const std::string row = row_of(1, "www");
  kea.append(row.substr(0, 20));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  kea.append(row.substr(20));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("www") == Names{"10.7.0.1"});
  CHECK(kea.addresses("web").empty());
  kea.append(row_of(2, "sql"));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("sql") == Names{"10.7.0.2"});
}

TEST_CASE("a damaged row is told once, and costs no other") {
  const KeaFile kea;
  kea.append("10.7.0.1,what\n" + row_of(3, "new"));
  CHECK(kea.import() ==
        std::vector<std::string>{kea.path() +
                                 ": new row 1: has not as many values as there are columns; it is left out"});
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("new") == Names{"10.7.0.3"});
  kea.append(row_of(4, "more"));
  CHECK(kea.import().empty());
}

TEST_CASE("at each step of the clean-up, and without an import in between, the names are the same") {
  const KeaFile kea;
  const auto check = [&](std::string_view step) {
    CAPTURE(step);
    CHECK(kea.import().empty());
    CHECK(kea.addresses("web") == Names{"10.7.0.1"});
    CHECK(kea.addresses("db").empty());
    CHECK(kea.addresses("new") == Names{"10.7.0.3"});
  };
  kea.append(row_of(2, "db", "0") + row_of(3, "new"));
  SUBCASE("seen") {
    check("before");
  }
  SUBCASE("not seen") {}
  std::filesystem::rename(kea.path(), kea.path(".1"));
  check("renamed");
  write_file(kea.path(), "");
  check("made");
  write_file(kea.path(), std::string(kColumns));
  check("begun");
  write_file(kea.path(".output"), std::string(kColumns) + row_of(1, "half"));
  check("being cleaned");
  write_file(kea.path(".output"), std::string(kColumns) + row_of(1, "web") + row_of(3, "new"));
  std::filesystem::rename(kea.path(".output"), kea.path(".completed"));
  check("completed");
  std::filesystem::remove(kea.path(".1"));
  check("cleaned");
  std::filesystem::rename(kea.path(".completed"), kea.path(".2"));
  check("done");
  kea.append(row_of(4, "last"));
  check("appended");
  CHECK(kea.addresses("last") == Names{"10.7.0.4"});
  kea.rotate();
  check("again");
  CHECK(kea.addresses("last") == Names{"10.7.0.4"});
}

TEST_CASE("a file that was cut short loses nothing while it is being written") {
  const KeaFile kea;
  const std::string text = std::string(kColumns) + row_of(1, "web") + row_of(2, "db");
  write_file(kea.path(), text.substr(0, kColumns.size() + row_of(1, "web").size() + 5));
  const ImportResult result = import_files(
      kea.settings(), ImportScope::changed, [](const std::string&) {}, std::chrono::milliseconds(0));
  CHECK(result.is_unsettled);
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("db") == Names{"10.7.0.2"});
  CHECK(kea.import().empty());
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("db").empty());
}

TEST_CASE("a file that has gone is forgotten with those beside it") {
  const KeaFile kea;
  kea.rotate();
  kea.import();
  std::filesystem::remove(kea.path());
  kea.import();
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  std::filesystem::remove(kea.path(".1"));
  kea.import();
  CHECK(kea.addresses("web").empty());
}

TEST_CASE("a file behind a pattern is the same one at each step of the clean-up") {
  for (const std::string_view pattern : {"*.csv", "kea-leases*", "kea-leases?.csv"}) {
    CAPTURE(pattern);
    KeaFile kea;
    kea.change_settings([&](Settings& settings) {
      settings.sources = {{SourceKind::kea_leases, kea.path_of(pattern), "lan"}};
    });
    const auto check = [&](std::string_view step) {
      CAPTURE(step);
      CHECK(kea.import().empty());
      CHECK(kea.addresses("web") == Names{"10.7.0.1"});
      CHECK(known_sources(StoreTransaction(kea.settings()).view()).size() == 1);
    };
    check("before");
    std::filesystem::rename(kea.path(), kea.path(".1"));
    check("renamed");
    std::filesystem::rename(kea.path(".1"), kea.path(".completed"));
    check("completed");
    std::filesystem::rename(kea.path(".completed"), kea.path(".2"));
    check("done");
    write_file(kea.path(), std::string(kColumns));
    check("made");
    std::filesystem::remove(kea.path());
    std::filesystem::remove(kea.path(".2"));
    CHECK(kea.import().empty());
    CHECK(kea.addresses("web").empty());
  }
}

TEST_CASE("a file beside that was repaired is read, although the file itself is the same") {
  const KeaFile kea;
  kea.rotate();
  const std::string text = std::string(kColumns) + row_of(1, "web") + row_of(2, "db") + row_of(3, "new");
  write_file(kea.path(".1"), "what\n" + text);
  CHECK(kea.import().size() == 1);
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("new").empty());
  CHECK(kea.import().empty());
  write_file(kea.path(".1"), text);
  CHECK(kea.import().empty());
  CHECK(kea.addresses("new") == Names{"10.7.0.3"});
}

TEST_CASE("what is completed counts alone, whatever is left of the files that it was made of") {
  const KeaFile kea;
  kea.rotate();
  std::filesystem::remove(kea.path(".1"));
  std::filesystem::create_directory(kea.path(".1"));
  write_file(kea.path(".completed"), std::string(kColumns) + row_of(1, "web"));
  CHECK(kea.import().empty());
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
  CHECK(kea.addresses("db").empty());
}

TEST_CASE("a file that is too large says so, and what was known stays") {
  const KeaFile kea;
  std::filesystem::resize_file(kea.path(), (std::uintmax_t{1} << 28) + 1);
  const std::vector<std::string> lines = kea.import();
  REQUIRE(lines.size() == 1);
  CHECK_MESSAGE(lines[0].starts_with(kea.path() + " is larger than 256 MiB; let Kea clean it up"), lines[0]);
  CHECK(kea.addresses("web") == Names{"10.7.0.1"});
}

TEST_SUITE_END();

}  // namespace leases::test
