#pragma once

#include <optional>
#include <string>

#include "dnsmasq/calling_server.h"
#include "dnsmasq/server_registry.h"
#include "store/settings.h"
#include "store/transaction.h"
#include "util/log.h"

namespace leases {

/// The settings and the caller, which every call of the helper needs.
struct HookContext {
  /// Reads the configuration, and logs what is wrong with it. Throws Error.
  explicit HookContext(std::string path);

  /// Writes the registry if it has changed or, with `is_required`, in any case. False if that failed.
  bool note_server(const ServerRegistry& registry, const StoreTransaction& store, bool is_required,
                   DeferredLog& complaints) const;

  std::string settings_path;
  Settings settings;
  std::optional<CallingServer> caller{};  ///< found before this process gives up any rights
};

inline StoreMode mode_for(bool for_libvirt) {
  return for_libvirt ? StoreMode::libvirt : StoreMode::own;
}

}  // namespace leases
