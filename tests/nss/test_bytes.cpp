/// The same leases give the same bytes.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "paths.h"
#include "store/table_builder.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/writer.h"

using namespace leases;
using namespace leases::test;

namespace {

/// Leases in several networks, some with the same names and addresses.
class Leases {
 public:
  Leases() {
    for (int i = 0; i < 60; ++i) {
      const std::string number = std::to_string(i);
      const std::string name = i % 4 == 0 ? "Shared" : i % 7 == 0 ? "sHARED" : "host-" + number;
      const std::string address =
          i % 3 == 0 ? "fd00:77::" + std::to_string(i / 2) : "10.77.1." + std::to_string(i / 2);
      hosts_.push_back({name, address, i % 2 == 0 ? "lab" : "", "br" + number});
    }
    for (const Host& host : hosts_) {
      contents_.leases.push_back(lease_of(host));
      // Some have the same time of change.
      contents_.leases.back().changed = {contents_.leases.size() / 2};
      contents_.sources.push_back({host.network, {1, 2, 3, 4, 5}});
    }
  }

  [[nodiscard]] TableInput snapshot() const { return contents_; }

  [[nodiscard]] TableInput overlay() const {
    TableInput contents = contents_;
    contents.overlay.emplace();
    for (int i = 0; i < 20; ++i) {
      contents.overlay->names.push_back("gone-" + std::to_string(i));
      contents.overlay->gone.push_back(parse_ip("10.99.0." + std::to_string(i)).value());
    }
    contents.overlay->names.insert(contents.overlay->names.end(), {"shared", "host-1", "host-2"});
    return contents;
  }

 private:
  std::vector<Host> hosts_;
  TableInput contents_;
};

class Shuffler {
 public:
  TableInput operator()(TableInput contents) {
    shuffle(contents.leases);
    shuffle(contents.sources);
    if (contents.overlay) {
      shuffle(contents.overlay->names);
      shuffle(contents.overlay->gone);
    }
    return contents;
  }

 private:
  template <typename T>
  void shuffle(std::vector<T>& list) {
    std::shuffle(list.begin(), list.end(), random_);
  }
  std::mt19937 random_{4};
};

}  // namespace

TEST_CASE("A snapshot has the same bytes in whatever order its leases come") {
  const Leases leases;
  const std::string bytes = build_table(leases.snapshot());
  Shuffler shuffled;
  for (int i = 0; i < 50; ++i) REQUIRE((build_table(shuffled(leases.snapshot())) == bytes));
}

TEST_CASE("An overlay has the same bytes in whatever order its names and addresses come") {
  const Leases leases;
  const std::string bytes = build_table(leases.overlay());
  Shuffler shuffled;
  for (int i = 0; i < 50; ++i) REQUIRE((build_table(shuffled(leases.overlay())) == bytes));
}

TEST_CASE("Other leases give other bytes") {
  const Leases leases;
  const std::string bytes = build_table(leases.snapshot());
  TableInput one_less = leases.snapshot();
  one_less.leases.pop_back();
  CHECK((build_table(one_less) != bytes));
  TableInput later = leases.snapshot();
  ++later.leases.front().expiry.seconds;
  CHECK((build_table(later) != bytes));
}

TEST_CASE("Two files with the same leases differ in nothing but the header's count of files") {
  const Leases leases;
  const InstalledStore store;
  const auto written = [](const TableInput& contents) {
    // In a child, since a transaction drops privileges.
    REQUIRE(in_child([&] {
              open_store().replace_index(contents);
              return 0;
            }) == 0);
    return read_file(paths::kIndex);
  };
  Shuffler shuffled;
  std::string first = written(leases.snapshot());
  std::string second = written(shuffled(leases.snapshot()));
  REQUIRE(first.size() == second.size());
  CHECK((first != second));
  for (std::string* file : {&first, &second}) {
    layout::FileHeader header;
    std::memcpy(&header, file->data(), sizeof header);
    header.generation = header.checksum = 0;
    std::memcpy(file->data(), &header, sizeof header);
  }
  CHECK((first == second));
}
