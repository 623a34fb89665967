#pragma once

#include <cstdint>
#include <string_view>

#include "common/answer.h"
#include "common/host_index.h"
#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/newest_leases.h"
#include "common/table.h"
#include "common/time.h"

namespace leases {

/// The most leases of a family, and so the most addresses, that one answer is taken from. The caller has to
/// sort them, glibc with a socket for each, which must not be up to a client with very many leases; to go
/// through those that are left out costs little. Those of one family leave those of the other their room.
inline constexpr std::uint32_t kMaxAddresses = 1024;

/// Whether the reservation at a position of a table is no answer at `now`: in its network, a live lease has
/// its address or its name. The index is asked at each lookup, since leases expire without an event.
inline bool is_hidden(const IndexView& index, const Table& table, std::uint32_t position,
                      EpochSeconds now) noexcept {
  const layout::LeaseRecord reservation = table.record(position);
  const std::string_view network = table.network_of(reservation.source);
  const auto hides = [&](const Table& other, std::uint32_t n) {
    const layout::LeaseRecord record = other.record(n);
    return (record.flags & (layout::kGone | layout::kReserved)) == 0 &&
           !ExpiryTime{record.expiry}.expired_at(now) && other.network_of(record.source) == network;
  };
  const IndexView::Records at_address = index.find(Table::address_of(reservation));
  for (std::uint32_t n = 0; n < at_address.range.count; ++n) {
    if (hides(*at_address.table, at_address.range.first + n)) return true;
  }
  const auto label = CanonicalLabel::parse(table.name_of(reservation));
  const auto name = label ? index.find(*label) : std::nullopt;
  if (!name) return false;
  const layout::NameSlot slot = name->table->name(name->position);
  for (std::uint32_t n = 0; n < slot.lease_count && n < 2 * kMaxAddresses; ++n) {
    if (hides(*name->table, name->table->position_of(slot, n))) return true;
  }
  return false;
}

/// Leases whose machine has a newer one. They are no answer, but somebody may ask for them.
enum class OlderLeases : bool { left_out, given };

/// The leases of a name that has several, in the order of its slot. Those of other hosts count only if none
/// of this host's is meant: what others share must not take a name away from a machine here.
class LeasesOfName {
 public:
  LeasesOfName(const IndexView& index, const Table& table, const layout::NameSlot& slot,
               const HostQuery& query, EpochSeconds now, OlderLeases older) noexcept
      : index_(index),
        table_(table),
        slot_(slot),
        query_(query),
        now_(now),
        older_(older),
        spelling_(table.name_of(slot)) {}

  /// As visit_answers().
  template <typename Visit>
  void visit(Visit& visit) {
    const std::uint32_t others = first_of_others();
    if (!visit_some(0, others, visit)) visit_some(others, slot_.lease_count, visit);
  }

 private:
  static bool is_others(const layout::LeaseRecord& record) noexcept {
    return (record.flags & layout::kOfOtherHost) != 0;
  }

  /// Where the leases of other hosts begin, which come last.
  [[nodiscard]] std::uint32_t first_of_others() const noexcept {
    std::uint32_t begin = slot_.lease_count;
    // Most often there are none.
    if (begin == 0 || !is_others(table_.record(table_.position_of(slot_, begin - 1)))) return begin;
    begin = 0;
    for (std::uint32_t count = slot_.lease_count; count > 0;) {
      const std::uint32_t half = count / 2;
      if (is_others(table_.record(table_.position_of(slot_, begin + half)))) {
        count = half;
      } else {
        begin += half + 1;
        count -= half + 1;
      }
    }
    return begin;
  }

  /// Those from `begin` up to, but not including, `end`. Whether any is meant.
  template <typename Visit>
  bool visit_some(std::uint32_t begin, std::uint32_t end, Visit& visit) {
    offer_guests(begin, end);
    bool is_any_meant = false;
    std::uint32_t room[] = {kMaxAddresses, kMaxAddresses};  // IPv4, IPv6
    for (std::uint32_t n = begin; n < end; ++n) {
      const std::uint32_t position = table_.position_of(slot_, n);
      const layout::LeaseRecord record = table_.record(position);
      std::uint32_t& left = room[record.family == 6 ? 1 : 0];
      if (room[0] + room[1] == 0) break;
      if (left == 0) continue;
      const Answer answer = answer_at(position, record);
      if (!is_chosen(answer, record)) continue;
      is_any_meant = true;
      // Leases that are left out count, or one machine with very many would be looked at as often.
      --left;
      if (older_ == OlderLeases::left_out && !newest_.offer(table_, position, n)) continue;
      if (!addresses_.add(answer.address)) continue;
      if (!visit(answer)) break;
    }
    return is_any_meant;
  }

  /// A lease under a guest's name may be newer than one of the same machine that comes before it, with the
  /// name as its own.
  void offer_guests(std::uint32_t begin, std::uint32_t end) noexcept {
    std::uint32_t first = end;
    while (first > begin && !has_name(table_.record(table_.position_of(slot_, first - 1)))) --first;
    if (first == begin) return;
    for (std::uint32_t n = first; n < end && n - first < kMaxAddresses; ++n) {
      const std::uint32_t position = table_.position_of(slot_, n);
      const layout::LeaseRecord record = table_.record(position);
      if (is_chosen(answer_at(position, record), record)) newest_.offer(table_, position, n);
    }
  }

  /// A lease that is found by its guest's name may have another host name.
  [[nodiscard]] bool has_name(const layout::LeaseRecord& record) const noexcept {
    return (record.flags & layout::kNameRefused) == 0 && equal_folded(table_.name_of(record), spelling_);
  }
  [[nodiscard]] Answer answer_at(std::uint32_t position, const layout::LeaseRecord& record) const noexcept {
    const std::string_view own = table_.name_of(record);
    return {table_,
            position,
            Table::address_of(record),
            expiry_of_answer(record.expiry, (record.flags & layout::kReserved) != 0, now_),
            equal_folded(own, spelling_) ? own : spelling_,
            layout::has_full_name(record)};
  }
  [[nodiscard]] bool is_chosen(const Answer& answer, const layout::LeaseRecord& record) const noexcept {
    return (record.flags & layout::kGone) == 0 && !answer.expiry.expired_at(now_) &&
           (query_.suffix.empty() || !matching_suffix(query_, answer).empty()) &&
           ((record.flags & layout::kReserved) == 0 || !is_hidden(index_, table_, answer.position, now_));
  }

  const IndexView& index_;
  const Table& table_;
  const layout::NameSlot& slot_;
  const HostQuery& query_;
  EpochSeconds now_;
  OlderLeases older_;
  std::string_view spelling_;
  NewestLeases newest_{};
  SeenAddresses addresses_{};
};

/// Calls visit(const Answer&) for each live lease, or reservation that is not hidden, of a name that is the
/// newest of its machine, in the order of the name's slot, until it returns false; with OlderLeases::given,
/// for the others, too.
template <typename Visit>
void visit_answers(const IndexView& index, const HostQuery& query, EpochSeconds now, Visit&& visit,
                   OlderLeases older = OlderLeases::left_out) {
  const auto name = index.find(query.label);
  if (!name) return;
  const Table& table = *name->table;
  const layout::NameSlot slot = table.name(name->position);
  const std::string_view spelling = table.name_of(slot);
  if (spelling.empty()) return;  // only in a damaged index
  if (slot.lease_count != 1) return LeasesOfName(index, table, slot, query, now, older).visit(visit);
  const bool is_reserved = (slot.flags & layout::kOnlyReserved) != 0;
  const Answer answer{table,
                      slot.first,
                      Table::address_of(slot),
                      expiry_of_answer(slot.expiry, is_reserved, now),
                      spelling,
                      (slot.flags & layout::kFullName) != 0};
  const bool is_chosen = slot.first < table.lease_count() && !answer.expiry.expired_at(now) &&
                         (query.suffix.empty() || !matching_suffix(query, answer).empty()) &&
                         (!is_reserved || !is_hidden(index, table, slot.first, now));
  if (is_chosen) visit(answer);
}

/// Whether a lease is in force and this host's own.
inline bool is_live_here(const layout::LeaseRecord& record, EpochSeconds now) noexcept {
  return (record.flags & (layout::kGone | layout::kOfOtherHost)) == 0 &&
         !ExpiryTime{record.expiry}.expired_at(now);
}

/// Whether an address is leased or reserved on this host, by the records of the address.
inline bool is_known_here(const IndexView::Records& records, EpochSeconds now) noexcept {
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    if (is_live_here(records.table->record(records.range.first + n), now)) return true;
  }
  return false;
}

/// Calls visit(const Answer&) for each live lease with a name among the records of an address in the index,
/// until it returns false. A lease whose host name is empty or refused has its guest's name. What another
/// host says of an address that is leased or reserved here does not count.
template <typename Visit>
void visit_answers(const IndexView& index, const IndexView::Records& records, EpochSeconds now,
                   Visit&& visit) {
  const Table& table = *records.table;
  const bool known_here = records.range.count > 1 && is_known_here(records, now);
  for (std::uint32_t n = 0; n < records.range.count; ++n) {
    const std::uint32_t position = records.range.first + n;
    const layout::LeaseRecord record = table.record(position);
    if ((record.flags & layout::kGone) != 0 || ExpiryTime{record.expiry}.expired_at(now)) continue;
    const bool is_reserved = (record.flags & layout::kReserved) != 0;
    if (is_reserved && is_hidden(index, table, position, now)) continue;
    if ((record.flags & layout::kOfOtherHost) != 0 && known_here) continue;
    const bool told = (record.flags & layout::kNameRefused) == 0 && record.hostname_length > 0;
    const std::string_view name = told ? table.name_of(record) : label_of(table.guest_name_of(position));
    if (name.empty()) continue;
    if (!visit(Answer{table, position, Table::address_of(record),
                      expiry_of_answer(record.expiry, is_reserved, now), name,
                      layout::has_full_name(record)}))
      return;
  }
}

}  // namespace leases
