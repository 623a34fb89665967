#include "cli/names/lease_suffix.h"

#include "common/shared_network.h"
#include "store/indexed_source.h"

namespace leases::cli {

std::set<std::string> places_of(const IndexReader& reader) {
  std::set<std::string> places;
  for (const IndexedSource& source : known_sources(reader.view())) {
    const bool is_others = properties_of(source.kind).is_of_other_host;
    places.emplace(is_others ? SharedNetwork::parse(source.network).host : source.network);
  }
  places.erase("");  // a MAC map for all networks
  return places;
}

}  // namespace leases::cli
