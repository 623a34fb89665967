#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/hook_context.h"
#include "helper/lease_event.h"

namespace leases {

/// Records an event: what dnsmasq reports about one lease.
class EventHook {
 public:
  EventHook(HookContext context, const LeaseEvent& event);

  /// False, after a complaint, if the event could not be recorded as it should be. Throws Error.
  bool run();

 private:
  void import_if_possible() const;
  void find_caller();
  /// Notes the server in the registry. True if this is its first call since it started.
  bool note_caller(ServerRegistry& registry);
  [[nodiscard]] bool lease_file_is_behind(bool is_new_start) const;
  void warn_at_new_start() const;

  /// False if the event was not recorded, because a status file has to be imported first. The registry is
  /// written after the lease, since losing it loses no lease.
  bool record_if_current(bool looks_for_undefined);
  [[nodiscard]] bool answers_own_name(const IndexView& view) const;
  [[nodiscard]] bool is_overtaken(const std::string& network, const std::vector<std::string>& left,
                                  const StoreTransaction& store, const ServerRegistry& registry) const;
  void record(const std::string& network, const std::vector<std::string>& left,
              StoreTransaction& store) const;
  void record_in_file_only();
  [[nodiscard]] Lease lease_in(const std::string& network, const std::vector<std::string>& left,
                               const StoreTransaction& store) const;

  HookContext context_;
  const LeaseEvent& event_;
  std::optional<CallingDnsmasq> dnsmasq_{};  ///< the one that runs this program
  bool is_new_start_ = false;                ///< this is the first call since the server started
  bool is_import_due_ = false;  ///< the server's lease file may have leases that it did not report, or the
                                ///< index was judged when this machine had another name
};

}  // namespace leases
