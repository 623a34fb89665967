#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace leases::cli {

/// A value as JSON that is safe to print on any terminal: ASCII only, with U+FFFD in place of bytes that are
/// not UTF-8. On one line, or indented by `indent` spaces.
template <typename Json>
std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', true, Json::error_handler_t::replace);
}

}  // namespace leases::cli
