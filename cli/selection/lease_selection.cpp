#include "cli/selection/lease_selection.h"

#include <algorithm>

#include "cli/command_line/not_empty.h"
#include "cli/names/lease_suffix.h"
#include "cli/names/name_glob.h"
#include "common/host_name.h"

namespace leases::cli {

namespace {

bool expires_within(const Lease& lease, EpochSeconds now, double seconds) {
  return !lease.expiry.infinite() &&
         static_cast<double>(lease.expiry.seconds) <= static_cast<double>(now.value) + seconds;
}

}  // namespace

bool LeaseSelection::has(const Lease& lease, EpochSeconds now) const {
  if (!networks.has(lease.network)) return false;
  if (!guest.empty() && !equal_folded(lease.guest_name, guest)) return false;
  if (!domain.empty() && !is_found_with(lease, domain)) return false;
  if (family && lease.address.family != *family) return false;
  if (this->expires_within && !cli::expires_within(lease, now, *this->expires_within)) return false;
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& glob) {
           return !matching_names(lease, glob).empty();
         });
}

void add_selection_options(Command command, LeaseSelection& selection) {
  command.add_option("--guest", selection.guest, "Only leases of this guest: for libvirt, the domain")
      .validated_by(not_empty)
      .value("GUEST");
  command
      .add_option("--match", selection.globs,
                  "Only leases whose name matches this pattern; with a dot in it, the full name")
      .validated_by(not_empty)
      .value("GLOB");
  command.add_option("--domain", selection.domain, "Only leases that are found as NAME.DOMAIN")
      .validated_by(not_empty)
      .value("DOMAIN");
  command.add_family("--family", selection.family, "Only addresses of this family");
  command.add_time("--expires-within", selection.expires_within,
                   "Only leases that end within this time, like 90s, 5m or 1h30m, unless they are renewed");
}

}  // namespace leases::cli
