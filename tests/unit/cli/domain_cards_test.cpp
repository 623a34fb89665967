#include "cli/libvirt/domain_cards.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "util/error.h"

namespace leases::cli::test {

namespace {

std::string bridge_of(const std::string& network) {
  return network == "default" ? "virbr0" : "";
}

}  // namespace

TEST_SUITE_BEGIN("domain_cards");

TEST_CASE("the bridge of a network, from its definition and from its state") {
  CHECK(bridge_of_network("<network><name>default</name><bridge name='virbr0' stp='on'/></network>") ==
        "virbr0");
  CHECK(bridge_of_network("<networkstatus><class_id bitmap='0-2'/><network><bridge name='br-lab'/></network>"
                          "</networkstatus>") == "br-lab");
  CHECK(bridge_of_network("<network><forward mode='private'/></network>") == "");
  CHECK(bridge_of_network("") == "");
  CHECK(state_of_network("no-such-network").empty());
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
