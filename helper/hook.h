#pragma once

#include <string>

#include "helper/lease_event.h"
#include "helper/lease_store.h"
#include "helper/renewal_hint.h"
#include "helper/settings.h"

namespace leases {

/// Does what dnsmasq calls its script for. False, after a complaint, if that could not be done as it should
/// be. Throws StoreError.
class Hook {
 public:
  /// Reads the configuration, and complains of what is wrong with it.
  explicit Hook(std::string settings_path);

  bool run(const LeaseEvent& event);
  bool run(const InitRequest& request);

  /// Says in dnsmasq's log what was noticed of how dnsmasq is set up.
  void advise() const { renewal_hint_.say(settings_); }

 private:
  /// What dnsmasq is to be given, nothing if there is no index to make it from, or, unless `stale_too`, none
  /// that knows all status files as they are. The store is not held when this returns: dnsmasq may take its
  /// time to read.
  std::optional<std::string> stream_from_index(const InitRequest& request, bool stale_too);

  void record(const LeaseEvent& event, const std::string& network, LeaseStore& store);
  void record_in_file_only(const LeaseEvent& event);
  [[nodiscard]] Lease lease_of(const LeaseEvent& event, const std::string& network,
                               const LeaseStore& store) const;

  std::string settings_path_;
  Settings settings_;
  RenewalHint renewal_hint_;
};

}  // namespace leases
