#include "cli/names/name_glob.h"

#include <algorithm>

#include "common/host_name.h"
#include "common/lease_place.h"
#include "util/folded_name.h"
#include "util/glob.h"

namespace leases::cli {

namespace {

std::vector<std::string> full_names(const Lease& lease) {
  std::vector<std::string> names;
  for (const std::string_view label : {lease.accepted_name(), lease.guest_label()}) {
    for (const std::string_view suffix : {lease.domain, lease_place_of(lease)}) {
      if (!label.empty() && !suffix.empty()) names.push_back(folded(label) + '.' + folded(suffix));
    }
  }
  if (!domain_part_of(lease.guest_name).empty()) names.push_back(folded(lease.guest_name));
  return names;
}

}  // namespace

std::vector<std::string> matching_names(const Lease& lease, const std::string& glob) {
  std::vector<std::string> names;
  if (glob.find('.') == std::string::npos) {
    names = {folded(lease.accepted_name()), folded(lease.guest_label())};
  } else {
    names = full_names(lease);
  }
  std::erase_if(names, [&](const std::string& name) { return name.empty() || !matches_folded(glob, name); });
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace leases::cli
