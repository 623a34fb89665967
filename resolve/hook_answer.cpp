#include "resolve/hook_answer.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/live_index.h"
#include "common/lookup.h"
#include "common/ttl.h"
#include "resolve/dns_name.h"
#include "resolve/dns_record.h"

namespace leases::resolve {

namespace {

/// Of all keys together, whatever a question repeats.
constexpr std::size_t kMaxRecords = 2 * kMaxAddresses;

bool asks_for(const RecordKey& key, ns_type type) {
  return key.type == type || key.type == ns_t_any;
}

/// The addresses of one family, and how long they hold.
struct Addresses {
  std::vector<IpAddress> list;
  Ttl ttl;
};

void add_records(Records& records, const DnsName& owner, ns_type type, const Addresses& addresses) {
  for (const IpAddress& address : addresses.list) {
    if (records.size() == kMaxRecords) return;
    const std::string_view data(reinterpret_cast<const char*>(address.bytes.data()), address.size());
    records.push_back(resource_record(owner, type, addresses.ttl.seconds(), data));
  }
}

/// The answers to the keys of a question.
class Answering {
 public:
  Answering(const IndexView& view, EpochSeconds now) : view_(view), now_(now) {}

  void add(const RecordKey& key) {
    const auto owner = key.record_class == ns_c_in ? DnsName::parse(key.name) : std::nullopt;
    const auto name = owner ? owner->text() : std::nullopt;
    if (!name) return;
    if (const auto address = address_of(*name)) {
      add_name(key, *owner, *address);
    } else if (const auto query = HostQuery::parse(*name)) {
      add_addresses(key, *owner, *query);
    }
  }

  /// Nothing if no name was a lease's.
  std::optional<Records> result() && {
    if (!is_known_) return {};
    return std::move(records_);
  }

 private:
  void add_addresses(const RecordKey& key, const DnsName& owner, const HostQuery& query) {
    Addresses v4;
    Addresses v6;
    visit_answers(view_, query, now_, [&](const Answer& answer) {
      is_known_ = true;
      Addresses& addresses = answer.address.family == Family::v4 ? v4 : v6;
      addresses.list.push_back(answer.address);
      addresses.ttl.add(answer.expiry, now_);
      return true;
    });
    if (asks_for(key, ns_t_a)) add_records(records_, owner, ns_t_a, v4);
    if (asks_for(key, ns_t_aaaa)) add_records(records_, owner, ns_t_aaaa, v6);
  }

  void add_name(const RecordKey& key, const DnsName& owner, const IpAddress& address) {
    visit_answers(view_.find(unmapped(address)), now_, [&](const Answer& answer) {
      is_known_ = true;
      Ttl ttl;
      ttl.add(answer.expiry, now_);
      const auto name = DnsName::parse(canonical_name(answer));
      if (name && asks_for(key, ns_t_ptr) && records_.size() < kMaxRecords)
        records_.push_back(resource_record(owner, ns_t_ptr, ttl.seconds(), name->wire()));
      return false;
    });
  }

  static std::string canonical_name(const Answer& answer) {
    std::string name(answer.name);
    if (answer.has_full_name) name.append(1, '.').append(answer.domain());
    std::transform(name.begin(), name.end(), name.begin(), fold_ascii);
    return name;
  }

  const IndexView& view_;
  EpochSeconds now_;
  bool is_known_ = false;
  Records records_;
};

}  // namespace

std::optional<Records> answer_of(const IndexView& view, EpochSeconds now,
                                 const std::vector<RecordKey>& question) {
  Answering answering(view, now);
  for (const RecordKey& key : question) answering.add(key);
  return std::move(answering).result();
}

std::optional<Records> answer_of(const std::vector<RecordKey>& question) {
  return ask_live_index(std::optional<Records>(), [&](const IndexView& view, EpochSeconds now) {
    return answer_of(view, now, question);
  });
}

}  // namespace leases::resolve
