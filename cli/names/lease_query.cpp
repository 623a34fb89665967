#include "cli/names/lease_query.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "cli/names/typed_address.h"
#include "cli/names/typed_name.h"
#include "common/host_name.h"
#include "common/lease_place.h"
#include "common/lookup.h"
#include "store/client_hardware.h"
#include "util/clock.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// No program is given a refused name, but a person who adds its place can mean that lease alone.
std::vector<Lease> leases_with_refused_name(const IndexReader& reader, const HostQuery& query) {
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) {
    return !lease.name_refused || !equal_folded(lease.hostname, query.label.view()) ||
           !equal_folded(lease_place_of(lease), query.suffix);
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
    const std::uint32_t position = records.range.first + n;
    const Lease lease = records.table->lease(position);
    const bool is_hidden_now = lease.reserved && is_hidden(reader.view(), *records.table, position, present);
    if (!lease.expiry.expired_at(present) && !is_hidden_now) leases.push_back(lease);
  }
  return leases;
}

template <typename Predicate>
std::vector<Lease> leases_that(const IndexReader& reader, const Predicate& is_meant) {
  std::vector<Lease> leases = reader.live_and_reserved();
  std::erase_if(leases, [&](const Lease& lease) { return !is_meant(lease); });
  return leases;
}

/// A DUID and a DHCPv6 client's client identifier are one.
std::vector<Lease> leases_of_client(const IndexReader& reader, const std::vector<std::uint8_t>& identifier) {
  return leases_that(reader,
                     [&](const Lease& lease) { return std::ranges::equal(lease.client_id, identifier); });
}

std::vector<Lease> leases_with_bytes(const IndexReader& reader, const std::vector<std::uint8_t>& bytes) {
  return leases_that(reader, [&](const Lease& lease) {
    return std::ranges::equal(lease.client_id, bytes) ||
           (lease.hardware &&
            std::ranges::equal(std::span(lease.hardware->bytes).first(lease.hardware->length), bytes));
  });
}

}  // namespace

std::vector<Lease> leases_of_hardware(const IndexReader& reader, const HardwareAddress& hardware) {
  ClientHardware clients;
  reader.view().for_each_lease([&](const Lease& lease) { clients.add(lease); });
  return leases_that(reader,
                     [&](const Lease& lease) { return !lease.reserved && clients.of(lease) == hardware; });
}

std::vector<Lease> leases_of_guest(const IndexReader& reader, const std::string& name) {
  return leases_that(reader, [&](const Lease& lease) { return equal_folded(lease.guest_name, name); });
}

// Eight bytes of a hardware address also read as an IPv6 address, and any bytes without colons as a name, so
// one is tried after the other. A name comes first: whoever has be-ef as its client identifier must not take
// the place of the host be-ef.
std::vector<Lease> leases_of(const IndexReader& reader, const std::string& subject) {
  std::vector<Lease> leases;
  if (const auto address = typed_ip(subject)) leases = leases_at(reader, *address);
  if (leases.empty()) leases = leases_with_name(reader, subject);
  const auto hardware = typed_hardware(subject);
  if (leases.empty() && hardware)
    leases = leases_that(reader, [&](const Lease& lease) { return lease.hardware == hardware; });
  const auto identifier = typed_identifier(subject);
  if (leases.empty() && identifier) leases = leases_of_client(reader, *identifier);
  const auto bytes = typed_bytes(subject);
  if (leases.empty() && bytes) leases = leases_with_bytes(reader, *bytes);
  return leases;
}

std::vector<Lease> leases_typed(const IndexReader& reader, const Settings& settings,
                                const std::string& subject) {
  std::vector<Lease> leases = leases_of(reader, subject);
  if (!leases.empty()) return leases;
  std::string problem;
  const auto name = TypedNames(settings).name_of(subject, problem);
  if (!name) log_line(problem);
  return name && *name != subject ? leases_with_name(reader, *name) : leases;
}

}  // namespace leases::cli
