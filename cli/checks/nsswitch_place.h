#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/checks/nsswitch_file.h"

namespace leases::cli {

/// Whether a comment begins in this word, for a person: glibc knows none after other words.
bool has_comment(const NssService& service);

/// The service that was meant by one that glibc does not know: "leases" by "lease" or "Leases", "dns" by
/// "DNS". Empty if the name is as it has to be, or is not known here.
std::string meant_by(std::string_view service);

/// What keeps the module from being asked, or in its place: the end of a sentence about the line. Empty if
/// nothing does.
std::string wrong_with(const std::vector<NssService>& services);

/// The services with leases where it belongs, up to what a person takes for a comment: after files, or where
/// the search may end before files, or asks the network, before that. All others stay where they
/// are. A line without services gets those of glibc's default, too.
std::vector<NssService> with_leases(const std::vector<NssService>& services);

}  // namespace leases::cli
