#include "store/index_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "common/lookup.h"
#include "store/index_file.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/words.h"

namespace leases {

namespace {

/// The index is there for every user, and a rebuild would not change who may read it.
void require_right_to_read(const std::string& directory) {
  const std::string path = directory + '/' + kIndexName;
  if (::access(path.c_str(), R_OK) == 0 || errno != EACCES) return;
  throw errno_error(path, "cannot be read", EACCES)
      .with_advice("every user has to read it; run as root: chmod a+rX " + shell_word(directory) + ' ' +
                   shell_word(path));
}

IndexCopy copy_of_index(const Settings& settings) {
  require_directories(settings);
  require_right_to_read(settings.runtime_directory);
  std::string problem = settings.runtime_directory + " does not exist";
  if (const auto directory = Directory::open_existing(settings.runtime_directory)) {
    if (auto copy = IndexCopy::of(*directory, problem)) return std::move(*copy);
  }
  throw Error(problem + "; it is made at the first lease (see leaseshelper(8)), or by: leasectl rebuild");
}

}  // namespace

IndexReader::IndexReader(const Settings& settings) : copy_(copy_of_index(settings)) {}

std::vector<Lease> IndexReader::live_leases() const {
  std::vector<Lease> leases = live_and_reserved();
  std::erase_if(leases, [](const Lease& lease) { return lease.reserved; });
  return leases;
}

std::vector<Lease> IndexReader::live_and_reserved() const {
  const EpochSeconds present = now();
  std::vector<Lease> leases;
  view().for_each_position([&](const Table& table, std::uint32_t position) {
    const layout::LeaseRecord record = table.record(position);
    if (ExpiryTime{record.expiry}.expired_at(present)) return;
    if ((record.flags & layout::kReserved) == 0 || !is_hidden(view(), table, position, present))
      leases.push_back(table.lease(position));
  });
  std::sort(leases.begin(), leases.end(), before_in_listing);
  return leases;
}

std::vector<std::string_view> IndexReader::networks() const {
  std::vector<std::string_view> names;
  for (const Table* table : {&view().overlay(), &view().snapshot()}) {
    for (std::uint32_t i = 0; i < table->source_count(); ++i) names.push_back(table->network_of(i));
  }
  std::erase(names, std::string_view());  // a MAC map for all networks
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace leases
