#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/hook_context.h"
#include "store/importer_call.h"
#include "util/deadline.h"

namespace leases {

/// Gives a starting dnsmasq the leases that it had.
///
/// Whatever is wrong, dnsmasq gets the leases that are known. If this failed, it would not start; with fewer
/// leases, it would give away addresses that are in use. So there are several attempts, from best to worst.
class InitHook {
 public:
  InitHook(HookContext context, const InitRequest& request);

  /// Prints the leases. False, after a complaint, if no attempt succeeded. Throws Error.
  bool run();

 private:
  /// The text to print, or nothing if the attempt failed. No attempt still holds the store's lock when it
  /// returns, since dnsmasq may be slow to read.
  using Stream = std::optional<std::string>;
  Stream from_current_index();
  Stream from_whole_files();
  Stream from_any_index();
  Stream from_readable_files();

  void take_over_lease_file();
  [[nodiscard]] bool is_current(const StoreTransaction& store) const;
  [[nodiscard]] bool needs_import(const StoreTransaction& store) const;
  [[nodiscard]] bool is_given(const ServerRegistry& registry, std::string_view network) const;
  [[nodiscard]] std::string stream_of(const StoreTransaction& store, const ServerRegistry& registry,
                                      EpochSeconds present, DeferredLog& complaints) const;
  void remove_what_is_not_given(StoreTransaction& store, ServerRegistry& registry, EpochSeconds present,
                                DeferredLog& complaints) const;

  HookContext context_;
  const InitRequest& request_;
  Deadline deadline_;
  Deadline for_others_;  ///< for locks and importers; the time after it is for reading the status files
};

}  // namespace leases
