#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/output/line_format.h"

namespace leases::cli {

/// How leases are printed, if neither as the usual table or lines nor as JSON: one of the two at most is
/// given.
struct LeaseForm {
  std::vector<std::string> columns;  ///< names of fields
  std::optional<LineFormat> format;  ///< for one line each

  std::string typed_columns;  ///< as the command line has them
  std::string typed_format;
};

/// Declares --columns and --format, of which either excludes the other and `json`. The fields are those of a
/// lease (lease_fields()), and `more`.
void add_lease_form(Command command, LeaseForm& form, Option json,
                    const std::vector<std::string_view>& more = {});

}  // namespace leases::cli
