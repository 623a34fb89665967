#include "resolve/varlink.h"

#include <utility>

namespace leases::resolve {

namespace {

/// Sets a flag of a call. False if the value is none.
bool take(bool& flag, const Json& value) {
  flag = value.is_boolean() && value.get<bool>();
  return value.is_boolean();
}

/// Takes one member of a call. False if it is of another type than in a call. What is not known is left out:
/// later versions of a client may have more to say.
bool take(VarlinkCall& call, const std::string& key, Json& value) {
  if (key == "more") return take(call.more, value);
  if (key == "oneway") return take(call.oneway, value);
  if (key == "upgrade") return take(call.upgrade, value);
  if (key == "method" && value.is_string()) {
    call.method = value.get<std::string>();
  } else if (key == "parameters" && value.is_object()) {
    call.parameters = std::move(value);
  } else if (key == "method" || (key == "parameters" && !value.is_null())) {
    return false;
  }
  return true;
}

std::string message(const Json& object) {
  return object.dump() + '\0';
}

}  // namespace

std::optional<VarlinkCall> VarlinkCall::parse(std::string_view message) {
  constexpr bool kThrows = false;
  Json object = Json::parse(message, nullptr, kThrows);
  if (!object.is_object()) return {};
  VarlinkCall call;
  for (auto& [key, value] : object.items()) {
    if (!take(call, key, value)) return {};
  }
  if (call.method.empty() || call.method.size() > kMaxMemberName || (call.more && call.oneway)) return {};
  return call;
}

std::string varlink_reply(const Json& parameters, Continues continues) {
  Json object{{"parameters", parameters}};
  if (continues == Continues::yes) object["continues"] = true;
  return message(object);
}

std::string varlink_error(std::string_view name, const Json& parameters) {
  return message({{"error", name}, {"parameters", parameters}});
}

}  // namespace leases::resolve
