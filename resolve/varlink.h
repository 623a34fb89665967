#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace leases::resolve {

/// Its objects are trees: a peer may send one of many members.
using Json = nlohmann::json;

/// Of names in calls, in bytes, as the name of a D-Bus interface may have. Errors repeat them.
inline constexpr std::size_t kMaxMemberName = 255;

/// A method call as a peer sends it (varlink.org, "Method call").
struct VarlinkCall {
  std::string method;
  Json parameters = Json::object();
  bool more = false;     ///< the peer takes several replies
  bool oneway = false;   ///< it takes none
  bool upgrade = false;  ///< it wants to go on in another protocol

  /// Nothing if the message is not a call, or its method has too long a name.
  static std::optional<VarlinkCall> parse(std::string_view message);
};

enum class Continues : bool { no, yes };

/// Messages to a peer, with the byte 0 at their end.
std::string varlink_reply(const Json& parameters, Continues continues = Continues::no);
std::string varlink_error(std::string_view name, const Json& parameters);

}  // namespace leases::resolve
