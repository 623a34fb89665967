#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/names/libvirt_names.h"
#include "store/settings.h"

namespace leases::cli {

/// Turns names as people type them into names as leases have them: without letters beyond ASCII
/// (ascii_name()), and after libvirt's name of a network with that of its bridge: "vm.default" is vm.virbr0.
class TypedNames {
 public:
  explicit TypedNames(const Settings& settings) : settings_(settings), libvirt_(settings.libvirt_directory) {}

  /// Nothing, with the `problem`, if no host can have the name. A name whose suffix is the place
  /// (lease_place_of()) or a domain of a lease keeps it.
  std::optional<std::string> name_of(const std::string& typed, std::string& problem);

 private:
  [[nodiscard]] bool is_of_leases(std::string_view suffix) const;
  const std::optional<std::string>& bridge_of(std::string_view suffix);

  const Settings& settings_;
  LibvirtNames libvirt_;
  std::map<std::string, std::optional<std::string>, std::less<>> bridges_;  ///< by suffix
};

}  // namespace leases::cli
