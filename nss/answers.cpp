#include "nss/answers.h"

#include <string.h>

#include <optional>

#include "common/live_index.h"
#include "common/lookup.h"
#include "common/ttl.h"
#include "nss/cursor.h"

namespace leases::nss {

namespace {

std::optional<Family> family_of(int af) noexcept {
  if (af == AF_INET || af == AF_UNSPEC) return Family::v4;
  if (af == AF_INET6) return Family::v6;
  return {};
}

template <typename Ask>
Outcome outcome_of(Ask&& ask) noexcept {
  return ask_live_index(Outcome::unavailable, ask);
}

void give(const Ttl& ttl, std::int32_t* ttlp) noexcept {
  if (ttlp != nullptr) *ttlp = ttl.seconds();
}

std::optional<HostQuery> query_of(const char* name) noexcept {
  return HostQuery::parse({name, strnlen(name, kMaxName + 2)});
}

/// A host, and how long it holds. What the caller gets once it is certain that the answer counts.
struct HostAnswer {
  hostent host{};
  Ttl ttl{};
};

/// The names of a host: as in a hosts file, what is not the canonical name is an alias.
struct HostNames {
  char* canonical = nullptr;
  char* alias = nullptr;  ///< may be null

  /// False if not enough is left. `suffix` is what follows the name in the canonical one, `other` in the
  /// alias.
  bool copy(Arena& arena, const Answer& answer, std::string_view suffix, std::string_view other) noexcept {
    canonical = arena.copy_name(answer.name, suffix);
    if (suffix == other) return canonical != nullptr;
    alias = arena.copy_name(answer.name, other);
    return canonical != nullptr && alias != nullptr;
  }
};

/// See name_of_address(). `shown` is the address as the caller gave it. Sets `result` if the outcome is
/// `found`.
Outcome name_of_records(const IndexView& view, const IndexView::Records& records, EpochSeconds now,
                        const IpAddress& shown, Arena arena, HostAnswer& result) noexcept {
  bool found = false;
  bool fits = false;
  visit_answers(view, records, now, [&](const Answer& answer) {
    found = true;
    HostNames names;
    const std::string_view domain = answer.domain();
    const bool are_copied =
        answer.has_full_name ? names.copy(arena, answer, domain, {}) : names.copy(arena, answer, {}, domain);
    AddressList addresses(arena, shown.family);
    fits = are_copied && addresses.add(shown) &&
           fill_hostent(arena, addresses, names.canonical, names.alias, result.host);
    result.ttl = {};
    result.ttl.add(answer.expiry, now);
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
  query.shown.family = Family::v6;
  memcpy(query.shown.bytes.data(), bytes, 16);
  query.searched = unmapped(query.shown);
  return query;
}

}  // namespace

Outcome addresses_of_all_families(const char* name, gaih_addrtuple** pat, Arena buffer,
                                  std::int32_t* ttlp) noexcept {
  gaih_addrtuple* first = nullptr;
  Ttl ttl;
  const Outcome outcome = outcome_of([&](const IndexView& view, EpochSeconds now) {
    const auto query = query_of(name);
    if (!query) return Outcome::unknown;
    Arena arena = buffer;
    first = nullptr;
    ttl = {};
    gaih_addrtuple** link = &first;
    char* canonical = nullptr;
    bool fits = true;
    visit_answers(view, *query, now, [&](const Answer& answer) {
      if (canonical == nullptr) canonical = arena.copy_name(answer.name, canonical_suffix(*query, answer));
      auto* tuple = arena.allocate<gaih_addrtuple>();
      fits = canonical != nullptr && tuple != nullptr;
      if (!fits) return false;
      *tuple = {nullptr, canonical, answer.address.family == Family::v4 ? AF_INET : AF_INET6, {}, 0};
      memcpy(tuple->addr, answer.address.bytes.data(), answer.address.size());
      *link = tuple;
      link = &tuple->next;
      ttl.add(answer.expiry, now);
      return true;
    });
    if (!fits) return Outcome::buffer_too_small;
    return first != nullptr ? Outcome::found : Outcome::unknown;
  });
  if (outcome != Outcome::found) return outcome;
  // nscd before glibc 2.16 provides the first tuple.
  if (*pat != nullptr) {
    **pat = *first;
  } else {
    *pat = first;
  }
  give(ttl, ttlp);
  return outcome;
}

Outcome addresses_of_family(const char* name, int af, hostent& result, Arena buffer, std::int32_t* ttlp,
                            char** canonp) noexcept {
  const auto family = family_of(af);
  if (!family) return Outcome::bad_family;
  HostAnswer found;
  const Outcome outcome = outcome_of([&](const IndexView& view, EpochSeconds now) {
    const auto query = query_of(name);
    if (!query) return Outcome::unknown;
    Arena arena = buffer;
    found.ttl = {};
    HostNames names;
    bool known = false;
    bool fits = true;
    AddressList addresses(arena, *family);
    visit_answers(view, *query, now, [&](const Answer& answer) {
      known = true;
      if (answer.address.family != *family) return true;
      if (names.canonical == nullptr) {
        const std::string_view suffix = canonical_suffix(*query, answer);
        fits = names.copy(arena, answer, suffix, answer.has_full_name ? std::string_view() : suffix);
      }
      fits = fits && addresses.add(answer.address);
      found.ttl.add(answer.expiry, now);
      return fits;
    });
    if (!known) return Outcome::unknown;
    if (fits && addresses.count() == 0) return Outcome::no_address;
    fits = fits && fill_hostent(arena, addresses, names.canonical, names.alias, found.host);
    return fits ? Outcome::found : Outcome::buffer_too_small;
  });
  if (outcome != Outcome::found) return outcome;
  result = found.host;
  give(found.ttl, ttlp);
  if (canonp != nullptr) *canonp = result.h_name;
  return outcome;
}

Outcome name_of_address(const void* address, socklen_t length, int af, hostent& result, Arena arena,
                        std::int32_t* ttlp) noexcept {
  const auto query = address_query(address, length, af);
  if (!query) return Outcome::bad_family;
  HostAnswer found;
  const Outcome outcome = outcome_of([&](const IndexView& view, EpochSeconds now) {
    return name_of_records(view, view.find(query->searched), now, query->shown, arena, found);
  });
  if (outcome != Outcome::found) return outcome;
  result = found.host;
  give(found.ttl, ttlp);
  return outcome;
}

Outcome next_host(hostent& result, Arena arena) noexcept {
  HostAnswer found;
  std::optional<IpAddress> position;
  const Outcome outcome = outcome_of([&](const IndexView& view, EpochSeconds now) {
    for (position = Cursor::position();;) {
      const IndexView::Records records = view.next(position);
      if (records.range.count == 0) return Outcome::unknown;
      position = Table::address_of(records.table->record(records.range.first));
      const Outcome of_address = name_of_records(view, records, now, *position, arena, found);
      if (of_address != Outcome::unknown) return of_address;
    }
  });
  if (outcome != Outcome::found) return outcome;
  result = found.host;
  Cursor::move_to(*position);
  return outcome;
}

}  // namespace leases::nss
