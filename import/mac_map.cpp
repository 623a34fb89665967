#include "import/mac_map.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "common/host_name.h"

namespace leases {

namespace {

namespace dom = simdjson::dom;

class MacMapParser {
 public:
  ParsedFile parse(std::string_view text) {
    dom::parser parser;
    dom::array entries;
    if (parser.parse(text.data(), text.size()).get_array().get(entries) != simdjson::SUCCESS) {
      map_.damage = text.empty() ? "is empty" : "is not a whole JSON array";
      return std::move(map_);
    }
    std::size_t number = 0;
    for (const dom::element entry : entries) {
      ++number;
      const std::string_view wrong = read_entry(entry);
      if (!wrong.empty()) map_.problems.add({"entry " + std::to_string(number), std::string(wrong), {}});
    }
    std::reverse(map_.guests.begin(), map_.guests.end());
    std::stable_sort(map_.guests.begin(), map_.guests.end(), [](const Guest& a, const Guest& b) {
      return HardwareAddress::compare(a.hardware, b.hardware) < 0;
    });
    return std::move(map_);
  }

 private:
  /// What is wrong with the entry; empty if nothing.
  std::string_view read_entry(const dom::element& entry) {
    std::string_view name;
    dom::array addresses;
    if (!entry.is_object()) return "is not an object; it is left out";
    if (entry["domain"].get_string().get(name) != simdjson::SUCCESS)
      return "'domain' has to be a string; the entry is left out";
    if (entry["macs"].get_array().get(addresses) != simdjson::SUCCESS)
      return "'macs' has to be a list; the entry is left out";
    const bool is_kept = is_domain_name(name) && !is_localhost_domain(name);
    if (is_kept) name = map_.texts.keep(name);
    std::string_view wrong;
    for (const dom::element item : addresses) {
      std::string_view text;
      const bool is_text = item.get_string().get(text) == simdjson::SUCCESS;
      const auto hardware = is_text ? HardwareAddress::parse(text) : std::nullopt;
      if (!hardware || hardware->length == 0) {
        wrong = "'macs' has something that is not a MAC address, which is left out";
      } else if (is_kept) {
        check_count(map_.guests.size());
        map_.guests.push_back({*hardware, name});
      }
    }
    return wrong;
  }

  ParsedFile map_;
};

}  // namespace

ParsedFile parse_mac_map(std::string_view text) {
  return MacMapParser().parse(text);
}

}  // namespace leases
