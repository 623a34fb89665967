#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "common/time.h"
#include "util/directory.h"

namespace leases::cli {

/// Which clients had an address or a name when somebody last looked, kept in a file between runs: nothing
/// else can tell that it has changed hands, since a renewal, too, is a change of the lease.
class AddressHistory {
 public:
  /// Clients, each as a word that stands for it: its hardware address, or its client identifier.
  using Holders = std::set<std::string>;

  /// Takes the memory of a directory, and keeps other processes from it while this object lives; the
  /// directory must outlive it. What cannot be read in the file is left out. Throws Error.
  explicit AddressHistory(const Directory& directory);

  /// Whether anything was ever remembered.
  [[nodiscard]] bool exists() const { return exists_; }
  /// Whether `host`, an address or a name, had holders and none of them has it now.
  [[nodiscard]] bool changed_hands(const std::string& host, const Holders& now) const;
  void remember(const std::string& host, Holders holders, EpochSeconds now);
  /// Writes the file anew, without what nobody has had for a year. Throws Error.
  void save(EpochSeconds now) const;

 private:
  struct Entry {
    std::uint64_t seen = 0;  ///< when it was leased last, in seconds since 1970
    Holders holders;
  };

  const Directory& directory_;
  std::map<std::string, Entry> entries_;
  bool exists_ = false;
};

}  // namespace leases::cli
