#pragma once

#include <string>
#include <string_view>

namespace leases::cli {

/// Whether a profile of dnsmasq is enforced. `profiles` is the kernel's list of those that are loaded.
bool confines_dnsmasq(std::string_view profiles);

/// The permissions that the rules of a profile give for a path, in AppArmor's letters (apparmor.d(5)). An
/// approximation: a * also matches slashes, and the only variable it knows is @{run}.
std::string permissions_for(std::string_view path, std::string_view rules);

/// What the rules of dnsmasq's profile do not allow, of all that the helper needs: "run FILE", "write
/// DIRECTORY". Empty if nothing is missing.
std::string missing_permission(std::string_view rules);

}  // namespace leases::cli
