#pragma once

#include <cstdint>
#include <string_view>

#include "common/host_index.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/table.h"
#include "common/time.h"

namespace leases {

/// The most addresses in one answer. The caller has to sort them, glibc with a socket for each, so a client
/// with very many leases must not decide how long a lookup takes.
inline constexpr std::uint32_t kMaxAddresses = 1024;

/// A lease that answers a question.
struct Answer {
  const Table& table;
  std::uint32_t position;  ///< of the lease in the table
  IpAddress address;
  ExpiryTime expiry;
  std::string_view name;  ///< a host label: the lease's host name or its guest's; valid until the next answer

  [[nodiscard]] std::string_view domain() const {
    const layout::LeaseRecord record = table.record(position);
    return table.text(record.domain_offset, record.domain_length);
  }
  [[nodiscard]] std::string_view network() const { return table.network_of(table.record(position).source); }
  /// The domain of the guest's name, if the name of the answer is the guest's: a guest that sends another
  /// host name must not get that name into its guest's domain.
  [[nodiscard]] std::string_view guest_domain() const {
    const std::string_view guest = table.guest_name_of(position);
    return equal_folded(label_of(guest), name) ? domain_part_of(guest) : std::string_view{};
  }
};

/// The suffix of a qualified name as the lease spells it: its domain, its network or its guest's domain,
/// whichever the suffix is. Empty if it is none of them, or if the name is not qualified.
inline std::string_view matching_suffix(const HostQuery& query, const Answer& answer) noexcept {
  if (query.suffix.empty()) return {};
  if (equal_folded(query.suffix, answer.domain())) return answer.domain();
  if (equal_folded(query.suffix, answer.network())) return answer.network();
  if (equal_folded(query.suffix, answer.guest_domain())) return answer.guest_domain();
  return {};
}

/// The first addresses of an answer: leases of one address may come from several sources.
class SeenAddresses {
 public:
  /// False if the address was added before.
  bool add(const IpAddress& address) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (addresses_[i] == address) return false;
    }
    if (count_ < kRoom) addresses_[count_++] = address;
    return true;
  }

 private:
  static constexpr std::uint32_t kRoom = 32;

  IpAddress addresses_[kRoom];
  std::uint32_t count_ = 0;
};

/// Calls visit(const Answer&) for each live lease of a name, in the order of its slot, until it returns
/// false.
template <typename Visit>
void visit_answers(const IndexView& index, const HostQuery& query, EpochSeconds now, Visit&& visit) {
  const auto name = index.find(query.label);
  if (!name) return;
  std::uint32_t given = 0;
  const Table& table = *name->table;
  const layout::NameSlot slot = table.name(name->position);
  const std::string_view spelling = table.name_of(slot);
  if (spelling.empty()) return;  // only in a damaged index
  const auto was_chosen = [&](const Answer& answer) {
    return !answer.expiry.expired_at(now) &&
           (query.suffix.empty() || !matching_suffix(query, answer).empty());
  };
  if (slot.lease_count == 1) {
    const Answer answer{table, slot.first, Table::address_of(slot), {slot.expiry}, spelling};
    if (slot.first < table.lease_count() && was_chosen(answer)) visit(answer);
    return;
  }
  SeenAddresses addresses;
  for (std::uint32_t n = 0; n < slot.lease_count; ++n) {
    const std::uint32_t position = table.position_of(slot, n);
    const layout::LeaseRecord record = table.record(position);
    // A lease that is found by its guest's name may have another host name.
    const std::string_view own = table.name_of(record);
    const Answer answer{table,
                        position,
                        Table::address_of(record),
                        {record.expiry},
                        equal_folded(own, spelling) ? own : spelling};
    if ((record.flags & layout::kGone) != 0 || !was_chosen(answer) || !addresses.add(answer.address))
      continue;
    if (!visit(answer) || ++given == kMaxAddresses) return;
  }
}

/// Calls visit(const Answer&) for each live lease with a name among the records of an address, until it
/// returns false. A lease whose host name is empty or refused has its guest's name.
template <typename Visit>
void visit_answers(const IndexView::Records& records, EpochSeconds now, Visit&& visit) {
  const Table& table = *records.table;
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const std::uint32_t position = records.range.first + n;
    const layout::LeaseRecord record = table.record(position);
    if ((record.flags & layout::kGone) != 0 || ExpiryTime{record.expiry}.expired_at(now)) continue;
    const bool told = (record.flags & layout::kNameRefused) == 0 && record.hostname_length > 0;
    const std::string_view name = told ? table.name_of(record) : label_of(table.guest_name_of(position));
    if (name.empty()) continue;
    if (!visit(Answer{table, position, Table::address_of(record), {record.expiry}, name})) return;
  }
}

}  // namespace leases
