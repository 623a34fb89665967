#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

// Shell commands that edit a configuration file where it is: a link stays a link, since others manage such
// files through it (authselect has /etc/nsswitch.conf so).

/// sed with a script of extended regular expressions.
std::string sed_command(std::string_view script, const std::string& file);

/// A pattern for sed that stands for this text alone.
std::string sed_literal(std::string_view text);

/// Removes a key of the configuration, bare or quoted as TOML has it, whose value stands in the same line
/// (nss-leases.conf(5)).
std::string removing_key(std::string_view key, const std::string& file);

/// Adds lines to the end of a file, or to a new one. The file is read: a last line without a newline would
/// continue with the first of them. Empty if `file` is.
std::string adding_lines(const std::string& file, const std::vector<std::string>& lines);

/// Opens a file in the administrator's editor. What is changed there is a person's to say, so this fixes
/// nothing by itself (LookAt).
std::string editor_command(const std::string& file);

}  // namespace leases::cli
