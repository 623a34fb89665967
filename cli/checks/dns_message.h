#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "common/address.h"

namespace leases::cli {

/// A question for the addresses of a host name (RFC 1035, 4.1). It asks for no recursion: the server's own
/// word counts. `name` has labels of at most 63 bytes.
std::vector<std::uint8_t> dns_question(std::uint16_t id, std::string_view name, Family family);

/// The addresses of a family in an answer. A server that refuses gives none. Nothing if it is not an answer
/// to the question with this id.
std::optional<std::set<IpAddress>> dns_answer(std::span<const std::uint8_t> bytes, std::uint16_t id,
                                              Family family);

}  // namespace leases::cli
