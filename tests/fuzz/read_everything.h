#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "common/host_index.h"
#include "common/lookup.h"

namespace leases::fuzz {

/// Keeps the compiler from leaving out reads, so the sanitizers see every byte.
inline void touch(std::string_view text) {
  static volatile unsigned char sink;
  for (const char c : text) sink = static_cast<unsigned char>(sink ^ static_cast<unsigned char>(c));
}

inline void touch(const Lease& lease) {
  touch(lease.network);
  touch(lease.hostname);
  touch(lease.domain);
  for (const auto& bytes : {lease.client_id, lease.server_duid})
    touch({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// A wrong answer, or a question that never ends, is an error like a read out of bounds.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline void ask_name(const IndexView& view, std::string_view name, EpochSeconds now) {
  const auto query = HostQuery::parse(name);
  if (!query) return;
  std::uint32_t counts[] = {0, 0};
  visit_answers(view, *query, now, [&](const Answer& answer) {
    require(!answer.expiry.expired_at(now));
    require(!answer.name.empty());
    touch(answer.name);
    require(query->suffix.empty() || equal_folded(matching_suffix(*query, answer), query->suffix));
    touch(answer.table.lease(answer.position));
    return ++counts[answer.address.family == Family::v6 ? 1 : 0] <= kMaxAddresses;
  });
  for (const std::uint32_t count : counts) require(count <= kMaxAddresses);
}

/// Asks an index every kind of question.
inline void read_everything(const IndexView& view, EpochSeconds now) {
  for (const char* name : {"alpha", "ALPHA.lab", "twin", "twin.br1.", "gone", "bare", "nobody.lab",
                           "one-with-a-long-name-of-38-bytes-in-all"})
    ask_name(view, name, now);
  for (const char* text : {"10.77.1.1", "10.77.1.2", "10.77.1.3", "fd00:77::1", "::"}) {
    const IpAddress address = *parse_ip(text);
    visit_answers(view, view.find(address), now, [&](const Answer& answer) {
      const std::uint8_t flags = answer.table.record(answer.position).flags;
      require((flags & layout::kGone) == 0);
      // A refused name is never answered; then the name is the guest's.
      require((flags & layout::kNameRefused) == 0 ||
              answer.name == label_of(answer.table.guest_name_of(answer.position)));
      touch(answer.table.lease(answer.position));
      return true;
    });
  }
  std::uint64_t left = std::uint64_t{view.snapshot().lease_count()} + view.overlay().lease_count();
  std::optional<IpAddress> position;
  for (auto records = view.next(position); records.range.count > 0; records = view.next(position)) {
    require(left-- > 0);
    position = Table::address_of(records.table->record(records.range.first));
  }
  view.for_each_lease([](const Lease& lease) { touch(lease); });
  for (const Table* table : {&view.snapshot(), &view.overlay()}) {
    for (std::uint32_t i = 0; i < table->name_count(); ++i) {
      const layout::NameSlot slot = table->name(i);
      const std::string_view name = table->text(slot.name_offset, slot.name_length);
      touch(name);
      touch(table->name_of(slot));
      if (i < 8) ask_name(view, name, now);
      if (slot.lease_count > 0) touch(table->lease(table->position_of(slot, slot.lease_count - 1)));
    }
    for (std::uint32_t i = 0; i < table->source_count(); ++i) touch(table->network_of(i));
  }
}

}  // namespace leases::fuzz
