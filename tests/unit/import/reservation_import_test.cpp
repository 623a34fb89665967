#include <doctest/doctest.h>

#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/source_fixture.h"

namespace leases::test {

namespace {

/// A store with a file of reservations for the network "lan", in which leases are put as events do it.
class Reservations : public Sources {
 public:
  Reservations() {
    change_settings([&](Settings& settings) {
      settings.sources.push_back({SourceKind::dhcp_hosts, hosts_file(), "lan"});
    });
    write_file(hosts_file(), "52:54:00:00:00:01,10.0.0.5,web\n52:54:00:00:00:02,10.0.0.6,db\n");
    import();
  }

  [[nodiscard]] std::string hosts_file() const { return path_of("lan.hostsfile"); }

  void put(std::string_view address, std::string_view name, std::uint64_t expiry = 0) const {
    OwnedLease lease;
    lease.network = "lan";
    lease.address = ip(address);
    lease.hostname = name;
    lease.expiry = expiry;
    StoreTransaction(settings()).put(lease.lease());
  }
  void remove(std::string_view address) const { StoreTransaction(settings()).remove("lan", ip(address)); }
};

}  // namespace

TEST_SUITE_BEGIN("reservation_import");

TEST_CASE("a reserved host has its name before the lease, and again after it") {
  const Reservations lab;
  CHECK(lab.addresses("web.lan") == Names{"10.0.0.5"});
  CHECK(lab.name_at("10.0.0.5") == "web");
  lab.put("10.0.0.77", "web");
  CHECK(lab.addresses("web") == Names{"10.0.0.77"});
  CHECK(lab.name_at("10.0.0.5").empty());
  CHECK(lab.addresses("db") == Names{"10.0.0.6"});
  lab.remove("10.0.0.77");
  CHECK(lab.addresses("web") == Names{"10.0.0.5"});
  CHECK(lab.name_at("10.0.0.5") == "web");
}

TEST_CASE("another machine at the address takes the name away, for as long as it has its lease") {
  const Reservations lab;
  lab.put("10.0.0.5", "other");
  CHECK(lab.addresses("web").empty());
  CHECK(lab.name_at("10.0.0.5") == "other");
  lab.put("10.0.0.5", "other", 1);
  CHECK(lab.addresses("web") == Names{"10.0.0.5"});
  CHECK(lab.name_at("10.0.0.5") == "web");
}

TEST_CASE("changes of the file are changes of the names, whether an overlay or a new index has them") {
  const Reservations lab;
  write_file(lab.hosts_file(), "52:54:00:00:00:01,10.0.0.7,web\n");
  lab.import();
  CHECK(lab.addresses("web") == Names{"10.0.0.7"});
  CHECK(lab.addresses("db").empty());
  CHECK(lab.name_at("10.0.0.5").empty());
  const std::string before = lab.index();
  lab.import();
  CHECK(lab.index() == before);
}

TEST_CASE("a reserved host has no guest's name, and the policy decides about its own") {
  const Reservations lab;
  write_file(lab.path_of("libvirt/lan.macs"), mac_map("vm1", "52:54:00:00:00:01"));
  write_file(lab.hosts_file(), "52:54:00:00:00:01,10.0.0.5,web\n52:54:00:00:00:02,10.0.0.6,wpad\n");
  lab.import();
  CHECK(lab.addresses("vm1").empty());
  CHECK(lab.addresses("wpad").empty());
  CHECK(lab.name_at("10.0.0.6").empty());
}

TEST_SUITE_END();

}  // namespace leases::test
