#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "common/hardware_address.h"
#include "common/lease.h"
#include "import/record_problem.h"
#include "import/source_text.h"
#include "util/text_arena.h"

namespace leases {

/// A machine whose name is known before it sends one.
struct Guest {
  HardwareAddress hardware;
  std::string_view name;  ///< a host label, or several joined by dots
};

/// Thrown where a source is parsed. A status file of the store's own may have any number of leases.
class TooManyRecords : public std::exception {};

inline void check_count(std::size_t records, std::size_t most = kMostRecords) {
  if (records > most) throw TooManyRecords();
}

/// What a parser reads from a status file or a source. Owns the texts.
struct ParsedFile {
  std::vector<Lease> leases;  ///< the last one of each address
  /// Addresses of which the file says that they are not leased.
  std::vector<IpAddress> ended;
  /// Sorted by hardware address. Of several with the same one, the last in the file comes first: libvirt adds
  /// guests as they start, and leaves some that are gone.
  std::vector<Guest> guests;
  /// What is wrong with the file as a whole, as the end of a sentence that begins with its path; empty if
  /// nothing is. If something is, the rest is what could be read all the same, and there may be more.
  std::string damage;
  /// What is wrong with single records: the others are all that the file says.
  RecordProblems problems;
  /// Every record has a time of change, no address has two and each identifier could be kept: nothing was
  /// made up or dropped.
  bool complete = true;

  TextArena texts;
};

}  // namespace leases
