#include "import/lease_name.h"

#include "common/host_name.h"
#include "store/client_name.h"

namespace leases {

bool take_name(Lease& lease, std::string_view name, TextArena& texts) {
  const std::string_view label = label_of(name);
  const std::string_view domain = domain_part_of(name);
  const bool has_domain = label.size() < name.size();
  if (is_host_label(label) && (!has_domain || is_domain_name(domain))) {
    lease.hostname = texts.keep(label);
    if (!is_localhost_domain(domain)) lease.domain = texts.keep(domain);
    return true;
  }
  if (!is_client_name(name)) return false;
  lease.hostname = texts.keep(name);
  lease.name_refused = true;
  return true;
}

}  // namespace leases
