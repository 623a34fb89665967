#include "cli/libvirt/domain_cards.h"

#include <pugixml.hpp>

#include "util/error.h"
#include "util/regular_file.h"

namespace leases::cli {

std::string bridge_of_network(const std::string& directory, const std::string& network) {
  const std::string path = directory + '/' + network + ".xml";
  const RegularFile state = read_regular_file(path);
  if (state.state == RegularFile::State::absent) return {};
  if (!state.read()) throw Error(path + ": " + state.problem(), state.error);
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(state.text.data(), state.text.size());
  if (!result) throw Error(path + ": is not XML: " + result.description());
  return document.child("networkstatus").child("network").child("bridge").attribute("name").value();
}

std::vector<DomainCard> cards_of_domain(std::string_view xml,
                                        const std::function<std::string(const std::string&)>& bridge_of) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(xml.data(), xml.size());
  const pugi::xml_node domain = document.child("domain");
  if (!result || !domain)
    throw Error(std::string("standard input is not the XML of a libvirt domain") +
                (result ? "" : std::string(": ") + result.description()));
  std::vector<DomainCard> cards;
  for (const pugi::xml_node interface : domain.child("devices").children("interface")) {
    const auto hardware = HardwareAddress::parse(interface.child("mac").attribute("address").value());
    const pugi::xml_node source = interface.child("source");
    const std::string network = source.attribute("network").value();
    const std::string bridge = network.empty() ? source.attribute("bridge").value() : bridge_of(network);
    if (hardware && !bridge.empty()) cards.push_back({*hardware, bridge});
  }
  return cards;
}

}  // namespace leases::cli
