#pragma once

#include <string>
#include <vector>

#include "cli/checks/finding.h"

namespace leases::cli {

/// Whether none of them is a problem.
bool all_well(const std::vector<Finding>& findings);

/// A line for each finding: severity, topic, text and remedy. If `color`, the severity has SGR escape
/// sequences (ECMA-48).
std::string text_of(const std::vector<Finding>& findings, bool color);

/// The same for a person at a terminal: problems first and apart, each command on a line of its own, which
/// can be copied.
std::string text_for_terminal(const std::vector<Finding>& findings, bool color);

/// A JSON object (schema/check.schema.json).
std::string json_of(const std::vector<Finding>& findings);

}  // namespace leases::cli
