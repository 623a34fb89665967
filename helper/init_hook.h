#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/hook_context.h"
#include "store/importer_call.h"
#include "util/deadline.h"

namespace leases {

/// Gives dnsmasq, when it starts, the leases that it had.
///
/// Whatever is wrong, it gets those that are known: it does not start if this fails, and if it started with
/// fewer, it would give addresses away that are in use. So there are several attempts, from best to worst.
class InitHook {
 public:
  InitHook(HookContext context, const InitRequest& request);

  /// Prints the leases. False, after a complaint, if no attempt succeeded. Throws Error.
  bool run();

 private:
  /// What is to be printed, or nothing. No attempt holds the store when it returns: dnsmasq may take its time
  /// to read.
  using Stream = std::optional<std::string>;
  Stream from_current_index();
  Stream from_whole_files();
  Stream from_any_index();
  Stream from_readable_files();

  void take_over_lease_file();
  [[nodiscard]] bool is_current(const StoreTransaction& store) const;
  [[nodiscard]] bool is_given(const ServerRegistry& registry, std::string_view network) const;
  [[nodiscard]] std::string stream_of(const StoreTransaction& store, const ServerRegistry& registry,
                                      EpochSeconds present, DeferredLog& complaints) const;
  void remove_what_is_not_given(StoreTransaction& store, ServerRegistry& registry, EpochSeconds present,
                                DeferredLog& complaints) const;

  HookContext context_;
  const InitRequest& request_;
  Deadline deadline_;
  Deadline for_others_;  ///< for locks and importers; what is left then is for reading the status files
};

}  // namespace leases
