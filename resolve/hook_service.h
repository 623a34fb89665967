#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resolve/hook_answer.h"
#include "resolve/varlink.h"

namespace leases::resolve {

/// What to do with a message.
struct Response {
  enum class Kind {
    message,  ///< send it
    none,     ///< the peer wants no reply
    filter,   ///< send the filter now, and again whenever it changes
    hang_up,  ///< what came is not a call: nothing that follows can be understood
  };
  Kind kind;
  std::string message;
};

/// The methods of the hook, without sockets. See resolve/hook_interface.h.
class HookService {
 public:
  using Ask = std::function<std::optional<Records>(const std::vector<RecordKey>&)>;

  /// Questions with more keys are refused (InvalidParameter); systemd-resolved's have four at most.
  static constexpr std::size_t kMaxKeys = 16;
  explicit HookService(Ask ask) : ask_(std::move(ask)) {}

  /// `filter` is the reply to QueryFilter.
  [[nodiscard]] Response respond(std::string_view message, const Json& filter) const;

 private:
  [[nodiscard]] Response respond(const VarlinkCall& call, const Json& filter) const;
  [[nodiscard]] std::string resolve_record(const Json& parameters) const;

  Ask ask_;
};

}  // namespace leases::resolve
