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

/// A lease that answers a question, and where its texts are.
struct Answer {
  const Table& table;
  const layout::LeaseRecord& record;

  [[nodiscard]] IpAddress address() const { return Table::address_of(record); }
  [[nodiscard]] ExpiryTime expiry() const { return {record.expiry}; }
  [[nodiscard]] std::string_view hostname() const {
    return table.text(record.hostname_offset, record.hostname_length);
  }
  [[nodiscard]] std::string_view domain() const {
    return table.text(record.domain_offset, record.domain_length);
  }
  [[nodiscard]] std::string_view network() const { return table.network_name(record.network); }
};

/// What of a qualified name stands behind the host label, as the lease has it: its domain or its network's
/// name, whichever the question means. Empty if it is neither, and for a name that is not qualified.
inline std::string_view matching_suffix(const HostQuery& query, const Answer& answer) noexcept {
  if (query.suffix.empty()) return {};
  if (equal_folded(query.suffix, answer.domain())) return answer.domain();
  if (equal_folded(query.suffix, answer.network())) return answer.network();
  return {};
}

/// Calls visit(const Answer&) for each live lease of a name, most recent first, until it returns false.
template <typename Visit>
void visit_answers(const IndexView& index, const HostQuery& query, EpochSeconds now, Visit&& visit) {
  const auto name = index.find(query.label);
  if (!name) return;
  std::uint32_t given = 0;
  for (std::uint32_t n = 0; n < name->slot.lease_count && given < kMaxAddresses; ++n) {
    const layout::LeaseRecord record = name->table->record_of(name->slot, n);
    const Answer answer{*name->table, record};
    if ((record.flags & (layout::kGone | layout::kNameRefused)) != 0 || answer.expiry().over_at(now))
      continue;
    if (answer.hostname().empty()) continue;  // only in a damaged index
    if (!query.suffix.empty() && matching_suffix(query, answer).empty()) continue;
    ++given;
    if (!visit(answer)) return;
  }
}

/// Calls visit(const Answer&) for each live lease with a name among some records of an address, until it
/// returns false.
template <typename Visit>
void visit_answers(const IndexView::Records& records, EpochSeconds now, Visit&& visit) {
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const layout::LeaseRecord record = records.table->record(records.range.first + n);
    const Answer answer{*records.table, record};
    if ((record.flags & (layout::kGone | layout::kNameRefused)) != 0 || answer.expiry().over_at(now))
      continue;
    if (answer.hostname().empty()) continue;
    if (!visit(answer)) return;
  }
}

}  // namespace leases
