#include "cli/names/lease_query.h"

#include "common/lookup.h"
#include "util/clock.h"

namespace leases::cli {

namespace {

/// No program is given a refused name, but a person who adds its network can mean that lease alone.
std::vector<Lease> leases_with_refused_name(const IndexReader& reader, const HostQuery& query) {
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    return !lease.name_refused || !equal_folded(lease.hostname, query.label.view()) ||
           !equal_folded(lease.network, query.suffix);
  });
  return leases;
}

std::vector<Lease> leases_with_name(const IndexReader& reader, const std::string& name) {
  std::vector<Lease> leases;
  const auto query = HostQuery::parse(name);
  if (!query) return leases;
  const auto take = [&](const Answer& answer) {
    leases.push_back(answer.table.lease(answer.position));
    return true;
  };
  visit_answers(reader.view(), *query, now(), take, OlderLeases::given);
  return leases.empty() ? leases_with_refused_name(reader, *query) : leases;
}

std::vector<Lease> leases_at(const IndexReader& reader, const IpAddress& address) {
  const EpochSeconds present = now();
  const IndexView::Records records = reader.view().find(address);
  std::vector<Lease> leases;
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const Lease lease = records.table->lease(records.range.first + n);
    if (!lease.expiry.expired_at(present)) leases.push_back(lease);
  }
  return leases;
}

std::vector<Lease> leases_of_hardware(const IndexReader& reader, const HardwareAddress& hardware) {
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) { return lease.hardware != hardware; });
  return leases;
}

}  // namespace

// Eight bytes of a hardware address also read as an IPv6 address, so one is tried after the other.
std::vector<Lease> leases_of(const IndexReader& reader, const std::string& subject) {
  std::vector<Lease> leases;
  if (const auto address = parse_ip(subject)) leases = leases_at(reader, *address);
  const auto hardware = HardwareAddress::parse(subject);
  if (leases.empty() && hardware) leases = leases_of_hardware(reader, *hardware);
  if (leases.empty()) leases = leases_with_name(reader, subject);
  return leases;
}

}  // namespace leases::cli
