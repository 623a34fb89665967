#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "common/time.h"
#include "util/directory.h"

namespace leases::cli {

/// The clients that had each address and name when it was last leased, kept in a file between runs. The index
/// alone does not show that an address has changed hands, since a renewal changes a lease, too.
class AddressHistory {
 public:
  /// Clients, each as one word: its hardware address or its client identifier.
  using Holders = std::set<std::string>;

  /// Reads the history in a directory, which must outlive this object, and locks it against other processes
  /// while this object lives. Damaged lines are left out. Throws Error.
  explicit AddressHistory(const Directory& directory);

  /// Whether the file exists.
  [[nodiscard]] bool exists() const { return exists_; }
  /// Whether `host`, an address or a name, had holders and none of them has it now.
  [[nodiscard]] bool changed_hands(const std::string& host, const Holders& now) const;
  /// All hosts that were leased in the last year.
  [[nodiscard]] std::set<std::string> hosts() const;
  void remember(const std::string& host, Holders holders, EpochSeconds now);
  /// Replaces the file, without the hosts that were not leased for a year. Throws Error.
  void save(EpochSeconds now) const;

 private:
  struct Entry {
    std::uint64_t seen = 0;  ///< when it was last leased, in seconds since 1970
    Holders holders;
  };

  const Directory& directory_;
  std::map<std::string, Entry> entries_;
  bool exists_ = false;
};

}  // namespace leases::cli
