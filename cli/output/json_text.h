#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace leases::cli {

/// A value as JSON that any terminal can be shown: ASCII only, and what is no UTF-8 is replaced by U+FFFD.
/// In one line, or indented by so many spaces.
template <typename Json>
std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', true, Json::error_handler_t::replace);
}

}  // namespace leases::cli
