#pragma once

#include <optional>
#include <string>

namespace leases::cli {

/// A name with letters beyond ASCII (UTF-8) as DHCP and DNS have it: "bücher" is xn--bcher-kva (IDNA 2008).
/// Any other name is unchanged. Nothing if it has no such form, or if libidn2, by which glibc does the same
/// for AI_IDN (getaddrinfo(3)), is not installed; `problem` then says why.
std::optional<std::string> ascii_name(const std::string& name, std::string& problem);

}  // namespace leases::cli
