#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output/text_table.h"
#include "common/lease.h"
#include "common/time.h"
#include "util/local_subnets.h"

namespace leases::cli {

/// What the cells of a table depend on besides the lease.
struct CellContext {
  const LocalSubnets& subnets;
  EpochSeconds present;
  bool relative_times = false;
};

/// One of the things that are known of a lease, as --format, --columns and --sort name it.
struct LeaseField {
  std::string_view name;  ///< its key in a lease's JSON object; "name" and "protocol" are in none
  const char* heading;    ///< of its column
  /// As in JSON, but safe for a terminal (escaped()); empty if it is not known.
  std::string (*text)(const Lease& lease, const LocalSubnets& subnets);
  /// For a person.
  Cell (*cell)(const Lease& lease, const CellContext& context);
  /// The order by this field: negative, 0 or positive. What is not known comes last. nullptr: by the texts.
  int (*compare)(const Lease& a, const Lease& b);
};

/// Every field, in the order in which JSON has them.
const std::vector<LeaseField>& lease_fields();

/// Nothing if there is no such field.
const LeaseField* lease_field(std::string_view name);

/// The text of a lease's field (LeaseField::text).
std::string text_of_field(std::string_view field, const Lease& lease, const LocalSubnets& subnets);

/// What `watch` knows besides of a change: its kind and its time.
inline constexpr std::array<std::string_view, 2> kChangeFields{"change", "time"};

/// The names of all fields.
std::vector<std::string_view> lease_field_names();

/// Fields with commas between them, as a column list is typed. Nothing, with the `problem`, if one of them
/// does not exist.
std::optional<std::vector<std::string>> parse_fields(std::string_view text,
                                                     const std::vector<std::string_view>& known,
                                                     std::string& problem);

/// "there is no field 'x'; there are: a, b"
std::string unknown_field(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace leases::cli
