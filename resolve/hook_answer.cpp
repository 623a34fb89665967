#include "resolve/hook_answer.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "common/live_index.h"
#include "common/lookup.h"
#include "common/ttl.h"
#include "resolve/dns_name.h"
#include "resolve/dns_record.h"
#include "util/folded_name.h"

namespace leases::resolve {

namespace {

/// Of all keys together, whatever a question repeats.
constexpr std::size_t kMaxRecords = std::size_t{2} * kMaxAddresses;

/// The records of one name that a question wants.
struct Wanted {
  bool v4 = false;
  bool v6 = false;
  bool name = false;

  static Wanted of(const std::vector<RecordKey>& question, std::string_view name) {
    Wanted wanted;
    for (const RecordKey& key : question) {
      if (key.record_class != ns_c_in || key.name != name) continue;
      const bool all = key.type == ns_t_any;
      wanted.v4 |= all || key.type == ns_t_a;
      wanted.v6 |= all || key.type == ns_t_aaaa;
      wanted.name |= all || key.type == ns_t_ptr;
    }
    return wanted;
  }
};

/// The addresses of one family, and how long they hold.
struct Addresses {
  std::vector<IpAddress> list;
  Ttl ttl;
};

/// A name as answers have it: in lower case, with what follows it, if anything does. Nothing if the name is
/// too long for DNS.
std::optional<DnsName> name_in_dns(std::string_view name, std::string_view suffix) {
  std::string text(name);
  if (!suffix.empty()) text.append(1, '.').append(suffix);
  return DnsName::parse(folded(text));
}

/// The answers to the keys of a question.
class Answering {
 public:
  Answering(const IndexView& view, EpochSeconds now) : view_(view), now_(now) {}

  void add(const std::string& name, const Wanted& wanted) {
    const auto owner = DnsName::parse(name);
    const auto text = owner ? owner->text() : std::nullopt;
    if (!text) return;
    if (const auto address = address_of(*text)) {
      add_name(*owner, wanted, *address);
    } else if (const auto query = HostQuery::parse(*text)) {
      add_addresses(*owner, wanted, *query);
    }
  }

  /// Nothing if no name was a lease's.
  std::optional<Records> result() && {
    if (!is_known_) return {};
    return std::move(records_);
  }

 private:
  void add_addresses(const DnsName& owner, const Wanted& wanted, const HostQuery& query) {
    Addresses v4;
    Addresses v6;
    visit_answers(view_, query, now_, [&](const Answer& answer) {
      is_known_ = true;
      const bool is_v4 = answer.address.family == Family::v4;
      if (!(is_v4 ? wanted.v4 : wanted.v6)) return true;
      Addresses& addresses = is_v4 ? v4 : v6;
      addresses.list.push_back(answer.address);
      addresses.ttl.add(answer.expiry, now_);
      return true;
    });
    // Under the name that was asked for, whatever the canonical one is: the systemd-resolved of systemd 262
    // fails if a hook answers a question for both families with an alias (RFC 1034, 3.6.2).
    add_all(owner, ns_t_a, v4);
    add_all(owner, ns_t_aaaa, v6);
  }

  void add_name(const DnsName& owner, const Wanted& wanted, const IpAddress& address) {
    visit_answers(view_, view_.find(unmapped(address)), now_, [&](const Answer& answer) {
      is_known_ = true;
      Ttl ttl;
      ttl.add(answer.expiry, now_);
      const auto name = name_in_dns(answer.name, answer.has_full_name ? answer.domain() : std::string_view());
      if (name && wanted.name) add_record(owner, ns_t_ptr, ttl, name->wire());
      return false;
    });
  }

  void add_all(const DnsName& owner, ns_type type, const Addresses& addresses) {
    for (const IpAddress& address : addresses.list)
      add_record(owner, type, addresses.ttl,
                 {reinterpret_cast<const char*>(address.bytes.data()), address.size()});
  }

  void add_record(const DnsName& owner, ns_type type, const Ttl& ttl, std::string_view data) {
    if (records_.size() == kMaxRecords) return;
    records_.push_back(resource_record(owner, static_cast<std::uint16_t>(type), ttl.seconds(), data));
  }

  const IndexView& view_;
  EpochSeconds now_;
  bool is_known_ = false;
  Records records_;
};

/// The names of the keys of class IN, each once.
std::vector<std::string> names_in(const std::vector<RecordKey>& question) {
  std::vector<std::string> names;
  for (const RecordKey& key : question) {
    if (key.record_class == ns_c_in && std::ranges::find(names, key.name) == names.end())
      names.push_back(key.name);
  }
  return names;
}

}  // namespace

std::optional<Records> answer_of(const IndexView& view, EpochSeconds now,
                                 const std::vector<RecordKey>& question) {
  Answering answering(view, now);
  for (const std::string& name : names_in(question)) answering.add(name, Wanted::of(question, name));
  return std::move(answering).result();
}

std::optional<Records> answer_of(const std::vector<RecordKey>& question) {
  return ask_live_index(std::optional<Records>(), [&](const IndexView& view, EpochSeconds now) {
    return answer_of(view, now, question);
  });
}

}  // namespace leases::resolve
