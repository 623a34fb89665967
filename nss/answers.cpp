#include "nss/answers.h"

#include <string.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "common/lookup.h"
#include "nss/cursor.h"
#include "nss/live_index.h"

namespace leases::nss {

namespace {

std::optional<Family> family_of(int af) noexcept {
  if (af == AF_INET || af == AF_UNSPEC) return Family::v4;
  if (af == AF_INET6) return Family::v6;
  return {};
}

/// How long an answer holds: until the first of its leases expires.
class Ttl {
 public:
  void add(ExpiryTime expiry, EpochSeconds now) noexcept {
    if (!expiry.infinite()) seconds_ = std::min(seconds_, expiry.seconds - now.value);
  }
  void give(std::int32_t* ttlp) const noexcept {
    if (ttlp != nullptr) *ttlp = static_cast<std::int32_t>(seconds_);
  }

 private:
  std::uint64_t seconds_ = std::numeric_limits<std::int32_t>::max();
};

/// A name and the index to find it in. There may be no index, and no lease that can have the name.
struct NameLookup {
  explicit NameLookup(const char* name) noexcept
      : query(HostQuery::parse({name, strnlen(name, kMaxName + 2)})),
        view(live.get() != nullptr ? IndexView::of(*live.get()) : std::nullopt) {}
  [[nodiscard]] std::optional<Outcome> failure() const noexcept {
    if (!view) return Outcome::unavailable;
    if (!query) return Outcome::unknown;
    return {};
  }

  LiveIndex live;
  std::optional<HostQuery> query;
  std::optional<IndexView> view;
};

/// See name_of_address(). `shown` is the address as the caller gave it.
Outcome name_of_records(const IndexView::Records& records, EpochSeconds now, const IpAddress& shown,
                        hostent& result, Arena arena, std::int32_t* ttlp) noexcept {
  bool found = false;
  bool fits = false;
  visit_answers(records, now, [&](const Answer& answer) {
    found = true;
    char* name = arena.copy_name(answer.name, {});
    char* alias = nullptr;
    if (!answer.domain().empty()) alias = arena.copy_name(answer.name, answer.domain());
    AddressList addresses(arena, shown.family);
    fits = (alias != nullptr || answer.domain().empty()) && addresses.add(shown) &&
           fill_hostent(arena, addresses, name, alias, result);
    Ttl ttl;
    ttl.add(answer.expiry, now);
    if (fits) ttl.give(ttlp);
    return false;
  });
  if (!found) return Outcome::unknown;
  return fits ? Outcome::found : Outcome::buffer_too_small;
}

struct AddressQuery {
  IpAddress shown;
  IpAddress searched;
};

/// A program that listens on both families asks for an IPv4 address as an IPv6 one (::ffff:192.0.2.1).
std::optional<AddressQuery> address_query(const void* bytes, socklen_t length, int af) noexcept {
  AddressQuery query;
  if (af == AF_INET && length == 4) {
    memcpy(query.shown.bytes.data(), bytes, 4);
    query.searched = query.shown;
    return query;
  }
  if (af != AF_INET6 || length != 16) return {};
  constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  query.shown.family = Family::v6;
  memcpy(query.shown.bytes.data(), bytes, 16);
  query.searched = query.shown;
  if (memcmp(bytes, kMapped, sizeof kMapped) == 0) {
    query.searched = {};
    memcpy(query.searched.bytes.data(), query.shown.bytes.data() + sizeof kMapped, 4);
  }
  return query;
}

}  // namespace

Outcome addresses_of_all_families(const char* name, gaih_addrtuple** pat, Arena arena,
                                  std::int32_t* ttlp) noexcept {
  const NameLookup lookup(name);
  if (const auto failure = lookup.failure()) return *failure;

  gaih_addrtuple* first = nullptr;
  gaih_addrtuple** link = &first;
  char* canonical = nullptr;
  bool fits = true;
  Ttl ttl;
  visit_answers(*lookup.view, *lookup.query, lookup.live.now(), [&](const Answer& answer) {
    if (canonical == nullptr)
      canonical = arena.copy_name(answer.name, matching_suffix(*lookup.query, answer));
    auto* tuple = arena.allocate<gaih_addrtuple>();
    fits = canonical != nullptr && tuple != nullptr;
    if (!fits) return false;
    *tuple = {nullptr, canonical, answer.address.family == Family::v4 ? AF_INET : AF_INET6, {}, 0};
    memcpy(tuple->addr, answer.address.bytes.data(), answer.address.size());
    *link = tuple;
    link = &tuple->next;
    ttl.add(answer.expiry, lookup.live.now());
    return true;
  });
  if (!fits) return Outcome::buffer_too_small;
  if (first == nullptr) return Outcome::unknown;
  // nscd before glibc 2.16 provides the first tuple.
  if (*pat != nullptr) {
    **pat = *first;
  } else {
    *pat = first;
  }
  ttl.give(ttlp);
  return Outcome::found;
}

Outcome addresses_of_family(const char* name, int af, hostent& result, Arena arena, std::int32_t* ttlp,
                            char** canonp) noexcept {
  const auto family = family_of(af);
  if (!family) return Outcome::bad_family;
  const NameLookup lookup(name);
  if (const auto failure = lookup.failure()) return *failure;

  char* canonical = nullptr;
  bool known = false;
  bool fits = true;
  Ttl ttl;
  AddressList addresses(arena, *family);
  visit_answers(*lookup.view, *lookup.query, lookup.live.now(), [&](const Answer& answer) {
    known = true;
    if (answer.address.family != *family) return true;
    if (canonical == nullptr)
      canonical = arena.copy_name(answer.name, matching_suffix(*lookup.query, answer));
    fits = canonical != nullptr && addresses.add(answer.address);
    ttl.add(answer.expiry, lookup.live.now());
    return fits;
  });
  if (!known) return Outcome::unknown;
  if (fits && addresses.count() == 0) return Outcome::no_address;
  if (!fits || !fill_hostent(arena, addresses, canonical, nullptr, result)) return Outcome::buffer_too_small;
  ttl.give(ttlp);
  if (canonp != nullptr) *canonp = canonical;
  return Outcome::found;
}

Outcome name_of_address(const void* address, socklen_t length, int af, hostent& result, Arena arena,
                        std::int32_t* ttlp) noexcept {
  const auto query = address_query(address, length, af);
  if (!query) return Outcome::bad_family;
  const LiveIndex live;
  const auto view = live.get() != nullptr ? IndexView::of(*live.get()) : std::nullopt;
  if (!view) return Outcome::unavailable;
  return name_of_records(view->find(query->searched), live.now(), query->shown, result, arena, ttlp);
}

Outcome next_host(hostent& result, Arena arena) noexcept {
  const LiveIndex live;
  const auto view = live.get() != nullptr ? IndexView::of(*live.get()) : std::nullopt;
  if (!view) return Outcome::unavailable;
  for (std::optional<IpAddress> position = Cursor::position();;) {
    const IndexView::Records records = view->next(position);
    if (records.range.count == 0) return Outcome::unknown;
    const IpAddress address = Table::address_of(records.table->record(records.range.first));
    const Outcome outcome = name_of_records(records, live.now(), address, result, arena, nullptr);
    if (outcome == Outcome::buffer_too_small) return outcome;
    Cursor::move_to(address);
    if (outcome == Outcome::found) return outcome;
    position = address;
  }
}

}  // namespace leases::nss
