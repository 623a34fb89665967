#pragma once

#include <optional>
#include <string>
#include <vector>

#include "helper/hook_context.h"
#include "helper/lease_event.h"

namespace leases {

/// Records what dnsmasq reports of one lease.
class EventHook {
 public:
  EventHook(HookContext context, const LeaseEvent& event);

  /// False, after a complaint, if the event could not be recorded as it should be. Throws Error.
  bool run();

 private:
  void find_caller();
  /// True if it is the first call of a start.
  bool note_caller(ServerRegistry& registry) const;
  [[nodiscard]] bool lease_file_is_behind(bool is_new_start) const;
  void warn_at_new_start() const;

  /// Whether the event was recorded; if not, a status file has to be imported first. The registry is written
  /// after the lease: without it no lease is lost.
  bool record_if_current(bool looks_for_undefined);
  void record(const std::string& network, const std::vector<std::string>& left,
              StoreTransaction& store) const;
  void record_in_file_only();
  [[nodiscard]] Lease lease_in(const std::string& network, const std::vector<std::string>& left,
                               const StoreTransaction& store) const;

  HookContext context_;
  const LeaseEvent& event_;
  std::optional<CallingDnsmasq> dnsmasq_{};  ///< that runs this program
  bool is_new_start_ = false;                ///< it is the first call that this start of the server makes
  bool is_follow_due_ = false;               ///< its lease file may have what it did not report
};

}  // namespace leases
