#include "cli/libvirt/domain_cards.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

std::string bridge_of(const std::string& network) {
  return network == "default" ? "virbr0" : "";
}

}  // namespace

TEST_SUITE_BEGIN("domain_cards");

TEST_CASE("the bridge of a network, from its state") {
  const TemporaryDirectory directory;
  const auto bridge_in = [&](const std::string& state) {
    write_file(directory.path_of("lab.xml"), state);
    return bridge_of_network(directory.path(), "lab");
  };
  CHECK(bridge_of_network(directory.path(), "lab") == "");
  CHECK(bridge_in("<networkstatus><class_id bitmap='0-2'/><network><bridge name='br-lab'/></network>"
                  "</networkstatus>") == "br-lab");
  CHECK(bridge_in("<networkstatus><network><forward mode='private'/></network></networkstatus>") == "");
}

TEST_CASE("a state that cannot be read is an error that names it") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("lab.xml");
  write_file(path, "<networkstatus><network>");
  const auto read = [&] { return bridge_of_network(directory.path(), "lab"); };
  CHECK_THROWS_WITH_AS(read(), doctest::Contains((path + ": is not XML: ").c_str()), Error);
  write_file(path, "");
  CHECK_THROWS_AS(read(), Error);
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  CHECK_THROWS_WITH_AS(read(), (path + ": is a directory, not a file").c_str(), Error);
}

TEST_CASE("the cards that are on a bridge") {
  const std::vector<DomainCard> cards = cards_of_domain(R"(<domain type='kvm' id='3'>
  <name>vm1</name>
  <metadata><x:interface xmlns:x='http://example.org/x'><mac address='52:54:00:00:00:09'/></x:interface></metadata>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default' portid='0b1c'/>
    </interface>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:02'/>
      <source bridge='br-lab'/>
    </interface>
    <interface type='network'><mac address='52:54:00:00:00:04'/><source network='macvtap'/></interface>
    <interface type='direct'><mac address='52:54:00:00:00:03'/><source dev='eth0'/></interface>
    <interface type='bridge'><mac address='nonsense'/><source bridge='br-lab'/></interface>
  </devices>
</domain>)",
                                                        bridge_of);
  CHECK(cards == std::vector<DomainCard>{{*HardwareAddress::parse("52:54:00:00:00:01"), "virbr0"},
                                         {*HardwareAddress::parse("52:54:00:00:00:02"), "br-lab"}});
}

TEST_CASE("a domain without devices has no cards") {
  CHECK(cards_of_domain("<domain/>", bridge_of).empty());
}

TEST_CASE("what is not a domain's XML is an error") {
  CHECK_THROWS_WITH_AS(cards_of_domain("<network/>", bridge_of),
                       "standard input is not the XML of a libvirt domain", Error);
  CHECK_THROWS_AS(cards_of_domain("", bridge_of), Error);
  CHECK_THROWS_AS(cards_of_domain("<domain><devices>", bridge_of), Error);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
