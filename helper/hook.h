#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsmasq/server_registry.h"
#include "helper/lease_event.h"
#include "store/settings.h"
#include "store/transaction.h"
#include "util/deadline.h"

namespace leases {

/// Does what dnsmasq calls its script for. False, after a complaint, if that could not be done as it should
/// be. Throws Error.
class Hook {
 public:
  /// Reads the configuration, and complains of what is wrong with it.
  explicit Hook(std::string settings_path);

  bool run(const LeaseEvent& event);
  bool run(const InitRequest& request);

 private:
  /// What dnsmasq is to be given, nothing if there is no index to make it from, or, unless `stale_too`, none
  /// that knows all status files as they are. The store is not held when this returns: dnsmasq may take its
  /// time to read.
  std::optional<std::string> stream_from_index(const InitRequest& request, bool stale_too,
                                               const Deadline& until);
  void find_caller(const LeaseEvent& event);
  /// True if it is the first call of a start.
  bool note_caller(ServerRegistry& registry) const;
  [[nodiscard]] bool lease_file_is_behind(bool is_new_start) const;
  /// Whether the registry has what it has to know. With `is_required`, only if it can be written now.
  bool note_server(const ServerRegistry& registry, const StoreTransaction& store, DeferredLog& complaints,
                   bool is_required) const;
  void follow_lease_file() const;
  void warn_at_new_start() const;
  void take_over_lease_file(const Deadline& until) const;
  void end_what_is_not_told(const NetworkFilter& is_given, EpochSeconds present, StoreTransaction& store,
                            ServerRegistry& registry, DeferredLog& complaints) const;

  [[nodiscard]] std::string network_of(const LeaseEvent& event, const StoreTransaction& store,
                                       ServerRegistry& registry) const;
  /// Whether the event was recorded; if not, a status file has to be imported first. The registry is written
  /// after the lease: without it no lease is lost.
  bool record_if_current(const LeaseEvent& event, bool looks_for_undefined);
  void record(const LeaseEvent& event, const std::string& network, const std::vector<std::string>& left,
              StoreTransaction& store) const;
  void record_in_file_only(const LeaseEvent& event);
  [[nodiscard]] Lease lease_of(const LeaseEvent& event, const std::string& network,
                               const std::vector<std::string>& left, const StoreTransaction& store) const;

  std::string settings_path_;
  Settings settings_;
  std::optional<CallingDnsmasq> dnsmasq_;  ///< that runs this program
  std::optional<CallingServer> caller_;    ///< found before any right is given up
  bool is_new_start_ = false;              ///< it is the first call that this start of the server makes
  bool is_follow_due_ = false;             ///< its lease file may tell what it did not
};

}  // namespace leases
