#include "import/lease_name.h"

#include "common/host_name.h"
#include "store/client_name.h"

namespace leases {

namespace {

/// Of a name that is not to be answered, what people are told.
bool keep_refused(Lease& lease, std::string_view name, TextArena& texts) {
  if (!is_client_name(name)) return false;
  lease.hostname = texts.keep(name);
  lease.name_refused = true;
  return true;
}

}  // namespace

bool take_name(Lease& lease, std::string_view name, TextArena& texts) {
  const std::string_view label = label_of(name);
  const std::string_view domain = domain_part_of(name);
  const bool has_domain = label.size() < name.size();
  if (is_host_label(label) && (!has_domain || is_domain_name(domain))) {
    lease.hostname = texts.keep(label);
    if (!is_localhost_domain(domain)) lease.domain = texts.keep(domain);
    return true;
  }
  return keep_refused(lease, name, texts);
}

bool take_clients_name(Lease& lease, std::string_view name, std::string_view domain, TextArena& texts) {
  const std::string_view label = label_of(name);
  const bool has_domain = label.size() < name.size();
  if (has_domain && !equal_folded(domain_part_of(name), domain)) return keep_refused(lease, name, texts);
  return take_name(lease, name, texts);
}

}  // namespace leases
