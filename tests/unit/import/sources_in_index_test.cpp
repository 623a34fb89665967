#include "import/sources_in_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

constexpr int kGuests = 20;

std::string mac_of(int network, int guest) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "52:54:00";
  for (const int byte : {network / 256, network % 256, guest}) {
    text += ':';
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

std::string address_of(int network, int guest) {
  return "10." + std::to_string(network / 256) + '.' + std::to_string(network % 256) + '.' +
         std::to_string(guest + 1);
}

/// So many networks of libvirt's, with their guests.
class Networks : public Sources {
 public:
  explicit Networks(int count) {
    for (int network = 0; network < count; ++network) {
      std::string map;
      std::vector<std::string> records;
      for (int guest = 0; guest < kGuests; ++guest) {
        const std::string its_mac = mac_of(network, guest);
        map += (map.empty() ? "[" : ",") +
               mac_map("vm-" + std::to_string(network) + '-' + std::to_string(guest), its_mac).substr(1);
        map.pop_back();
        records.push_back(libvirt_record(address_of(network, guest), its_mac, ""));
      }
      write_file(file(network, ".macs"), map + ']');
      write_file(file(network, ".status"), libvirt_status(records));
    }
    import();
  }
  [[nodiscard]] std::string file(int network, const std::string& ending) const {
    return libvirt() + "/net" + std::to_string(network) + ending;
  }
  /// The time of the processor that it takes to import one changed file; of several attempts the shortest.
  [[nodiscard]] double cost_of_one_change() const {
    double least = 1e9;
    for (int guest = 0; guest < 5; ++guest) {
      write_file(file(0, ".status"),
                 libvirt_status({libvirt_record(address_of(0, guest), mac_of(0, guest), "")}));
      const std::clock_t start = std::clock();
      import();
      least = std::min(least, static_cast<double>(std::clock() - start));
    }
    return least;
  }
};

}  // namespace

TEST_SUITE_BEGIN("sources_in_index");

TEST_CASE("what an index knows, by source") {
  const Networks networks(3);
  const StoreTransaction store(networks.settings());
  const SourcesInIndex known(store.view());
  CHECK(known.all().size() == 6);
  CHECK(known.find("net1", networks.file(1, ".status"))->kind == SourceKind::libvirt_status);
  CHECK(known.find("net1", networks.file(2, ".status")) == nullptr);
  CHECK(known.leases_of("net1", networks.file(1, ".status")).size() == kGuests);
  CHECK(known.guests_of("net1", networks.file(1, ".status")).empty());
  CHECK(known.guests_of("net1", networks.file(1, ".macs")).size() == kGuests);
  CHECK(known.leases_of("net1", {}).empty());
}

TEST_CASE(
    "with four times as many networks an import of one changed file does not cost much more than four "
    "times") {
  const Networks few(100);
  const Networks many(400);
  // It is sixteen times as much if each source looks through all of them.
  CHECK(many.cost_of_one_change() < 8 * few.cost_of_one_change());
}

TEST_SUITE_END();

}  // namespace leases::test
