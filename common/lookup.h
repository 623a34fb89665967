#pragma once

#include <cstdint>
#include <string_view>

#include "common/host_index.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/table.h"
#include "common/time.h"

namespace leases {

/// How many addresses of one name are given at most. Whoever asks has to sort them, glibc with a socket each,
/// so a client with very many leases must not decide how long a lookup takes.
inline constexpr std::uint32_t kMaxAddresses = 1024;

/// A lease that answers a question.
struct Answer {
  const Table& table;
  std::uint32_t position;  ///< of the lease in the table
  IpAddress address;
  ExpiryTime expiry;
  std::string_view hostname;  ///< good until the next answer

  [[nodiscard]] std::string_view domain() const {
    const layout::LeaseRecord record = table.record(position);
    return table.text(record.domain_offset, record.domain_length);
  }
  [[nodiscard]] std::string_view network() const {
    return table.network_name(table.record(position).network);
  }
};

/// What of a qualified name stands behind the host label, as the lease has it: its domain or its network's
/// name, whichever the question means. Empty if it is neither, and for a name that is not qualified.
inline std::string_view matching_suffix(const HostQuery& query, const Answer& answer) noexcept {
  if (query.suffix.empty()) return {};
  if (equal_folded(query.suffix, answer.domain())) return answer.domain();
  if (equal_folded(query.suffix, answer.network())) return answer.network();
  return {};
}

/// Calls visit(const Answer&) with the lease at a position, if it is live and has a name that may be told.
/// Whether there may be more calls.
template <typename Visit>
bool visit_record(const Table& table, std::uint32_t position, EpochSeconds now, Visit&& visit) {
  const layout::LeaseRecord record = table.record(position);
  const Answer answer{table, position, Table::address_of(record), {record.expiry}, table.name_of(record)};
  if ((record.flags & (layout::kGone | layout::kNameRefused)) != 0 || answer.expiry.over_at(now)) return true;
  if (answer.hostname.empty()) return true;
  return visit(answer);
}

/// Calls visit(const Answer&) for each live lease of a name, most recent first, until it returns false.
template <typename Visit>
void visit_answers(const IndexView& index, const HostQuery& query, EpochSeconds now, Visit&& visit) {
  const auto name = index.find(query.label);
  if (!name) return;
  std::uint32_t given = 0;
  const auto visit_matching = [&](const Answer& answer) {
    if (answer.hostname.empty()) return true;  // only in a damaged index
    if (!query.suffix.empty() && matching_suffix(query, answer).empty()) return true;
    return visit(answer) && ++given < kMaxAddresses;
  };
  const layout::NameSlot slot = name->table->name(name->position);
  if (slot.lease_count == 1) {
    const Answer answer{
        *name->table, slot.first, Table::address_of(slot), {slot.expiry}, name->table->name_of(slot)};
    if (slot.first < name->table->lease_count() && !answer.expiry.over_at(now)) visit_matching(answer);
    return;
  }
  for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
    if (!visit_record(*name->table, name->table->position_of(slot, n), now, visit_matching)) return;
  }
}

/// Calls visit(const Answer&) for each live lease with a name among some records of an address, until it
/// returns false.
template <typename Visit>
void visit_answers(const IndexView::Records& records, EpochSeconds now, Visit&& visit) {
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    if (!visit_record(*records.table, records.range.first + n, now, visit)) return;
  }
}

}  // namespace leases
