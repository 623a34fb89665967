#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "import/parsed_file.h"
#include "import/record_problem.h"

namespace leases {

/// What a parser makes of a log: a file to which a DHCP server appends a record whenever a lease changes or
/// ends. The last record of an address counts.
class LeaseLog {
 public:
  /// More than the order of any record.
  static constexpr std::uint64_t kOrders = 1'000'000'000;

  /// `written` is when the file was: no record is from later, and a lease that had ended by then has ended.
  explicit LeaseLog(ChangeTime written) : written_(written) {}

  /// For texts that the leases keep.
  [[nodiscard]] TextArena& texts() { return file_.texts; }

  /// The lease that a record has. `seconds` is when it changed, since 1970; of several in the same second,
  /// the one with the highest `order`, which is below kOrders, changed last.
  void add(Lease lease, std::uint64_t seconds, std::uint64_t order);
  /// A record that says that its address is not leased.
  void add_end(const IpAddress& address) { add({address, {}}); }

  void add_problem(std::string where, std::string what) {
    file_.problems.add({std::move(where), std::move(what), {}});
  }
  void add_problem(RecordProblem problem) { file_.problems.add(std::move(problem)); }
  void set_damage(std::string damage) { file_.damage = std::move(damage); }

  /// What the whole log says, sorted by address.
  ParsedFile finish() &&;

 private:
  struct Record {
    IpAddress address;
    std::optional<Lease> lease;  ///< nothing: the address is not leased
  };

  void add(Record record);
  /// Leaves the last record of each address, sorted by address.
  void drop_older();

  ChangeTime written_;
  ParsedFile file_;
  std::vector<Record> records_;
};

}  // namespace leases
