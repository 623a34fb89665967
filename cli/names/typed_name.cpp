#include "cli/names/typed_name.h"

#include <algorithm>
#include <vector>

#include "cli/names/international_name.h"
#include "cli/names/lease_suffix.h"
#include "common/host_name.h"
#include "store/index_reader.h"
#include "util/error.h"

namespace leases::cli {

std::optional<std::string> TypedNames::name_of(const std::string& typed, std::string& problem) {
  auto name = ascii_name(typed, problem);
  if (!name) return {};
  const auto query = HostQuery::parse(*name);
  if (!query || query->suffix.empty()) return name;
  const auto& bridge = bridge_of(query->suffix);
  return bridge ? std::string(label_of(*name)) + '.' + *bridge : *name;
}

bool TypedNames::is_of_leases(std::string_view suffix) const try {
  const IndexReader reader(settings_);
  if (std::ranges::any_of(places_of(reader),
                          [&](const std::string& place) { return equal_folded(place, suffix); }))
    return true;
  return std::ranges::any_of(reader.live_leases(),
                             [&](const Lease& lease) { return is_found_with(lease, suffix); });
} catch (const Error&) {
  return false;
}

const std::optional<std::string>& TypedNames::bridge_of(std::string_view suffix) {
  if (const auto known = bridges_.find(suffix); known != bridges_.end()) return known->second;
  const std::string network(suffix);
  const std::optional<std::string>& bridge = libvirt_.bridge_of(network);
  const bool is_meant = bridge && !is_of_leases(suffix);
  return bridges_.emplace(network, is_meant ? bridge : std::nullopt).first->second;
}

}  // namespace leases::cli
