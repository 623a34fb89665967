#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/address.h"

namespace leases {

/// The elements of a JSON array as pieces of its text, without what stands between them. Only brackets and
/// strings are looked at: this is for a file of which another one is to be made, with the same bytes but for
/// some of the elements. Nothing if the text is not an array, or not a whole one.
std::optional<std::vector<std::string_view>> array_elements(std::string_view text);

/// The "ip-address" of an element, if that is one object that has one that can be read; of several the last.
std::optional<IpAddress> address_of_element(std::string_view element);

}  // namespace leases
