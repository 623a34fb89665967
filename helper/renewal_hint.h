#pragma once

#include <optional>
#include <string>

#include "common/lease.h"
#include "helper/lease_event.h"
#include "helper/settings.h"

namespace leases {

/// Whether dnsmasq renewed a lease and did not say so: it had the lease all the time, but for longer than it
/// had told, and that time was over. `before` is what was known of the address.
bool shows_missed_renewal(const LeaseEvent& event, const Lease& before, EpochSeconds now);

/// Notices that renewals are not told, and says in dnsmasq's log which line is missing where.
class RenewalHint {
 public:
  /// Takes notice. Before the event is recorded; `before` is what was known of its address in the network.
  void look_at(const LeaseEvent& event, const std::string& network, const std::optional<Lease>& before);

  /// Says it, once for each start of dnsmasq and network, and only if what that dnsmasq was told can be read
  /// and has neither script-on-renewal nor leasefile-ro: an event can be missed for other reasons, too. Not
  /// under the store's lock, since it reads files of others. Fails in silence.
  void say(const Settings& settings) const;

 private:
  std::string network_;  ///< in which a renewal was missed, or empty
  std::string lease_;    ///< which it was, for a person
};

}  // namespace leases
