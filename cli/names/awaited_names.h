#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/names/typed_name.h"
#include "store/name_policy.h"
#include "store/settings.h"

namespace leases::cli {

/// Names to wait for, as people type them.
class AwaitedNames {
 public:
  explicit AwaitedNames(const Settings& settings) : typed_(settings), policy_(settings.names) {}

  /// Adds the names of a range, or a hardware address. False, with a message, if a lease cannot have one of
  /// them.
  bool add_range(const std::string& text);
  /// Adds the guests of a range, as guest_key() has them. False, with a message, if a MAC map cannot have one
  /// of them, or the policy refuses it.
  bool add_guests(const std::string& text);

  /// Each once.
  [[nodiscard]] std::vector<std::string> take() { return std::move(names_); }

 private:
  static std::string impossible(const std::string& name);
  std::string add(const std::string& typed);
  std::string keep(const std::string& name);

  TypedNames typed_;
  const NamePolicy& policy_;
  std::vector<std::string> names_;
  std::set<std::string> known_;
};

/// What stands for a guest among names: no name has a space in it.
std::string guest_key(const std::string& guest);

/// The guest that it stands for; empty if it is a name.
std::string_view guest_of_key(std::string_view key);

}  // namespace leases::cli
