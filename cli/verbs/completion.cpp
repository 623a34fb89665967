#include "cli/verbs/completion.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <vector>

#include "cli/names/lease_suffix.h"
#include "cli/names/libvirt_names.h"
#include "cli/output/lease_field.h"
#include "common/host_name.h"
#include "store/index_reader.h"
#include "store/overlay.h"
#include "util/error.h"

namespace leases::cli {

namespace {

/// Clients choose texts, and a shell puts a word into the line that the user runs.
bool is_safe(const std::string& word) {
  constexpr std::string_view kSafe = "_.:@+%,-";
  return std::ranges::all_of(
      word, [&](char c) { return is_alphanumeric(c) || kSafe.find(c) != std::string::npos; });
}

/// The words of one kind of value, as the help calls it.
class ValueWords {
 public:
  ValueWords(const IndexReader& reader, const Settings& settings) : reader_(reader), settings_(settings) {}

  std::set<std::string> of(const std::string& kind, bool with_guests_domains) {
    words_.clear();
    if (kind == "NETWORK") add_networks();
    if (kind == "GUEST") add_guests();
    if (kind == "DOMAIN") add_domains(with_guests_domains);
    if (kind == "NAME") add_names();
    if (kind == "ADDRESS" || kind == "MAC") add_addresses(kind == "MAC");
    return words_;
  }

 private:
  void add(std::string_view word) {
    if (!word.empty()) words_.emplace(word);
  }

  void add_networks() {
    for (const std::string_view network : reader_.networks()) add(network);
    for (const std::string& network : LibvirtNames(settings_.libvirt_directory).all()) add(network);
  }
  void add_guests() {
    for (const GuestInIndex& guest : guests_of(reader_.view())) add(guest.name);
  }
  void add_domains(bool of_guests) {
    for (const std::string& place : places_of(reader_)) add(place);
    for (const Lease& lease : reader_.live_leases()) {
      add(lease.domain);
      if (of_guests) add(domain_part_of(lease.guest_name));
    }
  }
  void add_names() {
    for (const Lease& lease : reader_.live_and_reserved()) {
      add(lease.accepted_name());
      add(lease.guest_label());
    }
  }
  void add_addresses(bool of_hardware) {
    for (const Lease& lease : reader_.live_leases()) {
      if (!of_hardware) add(IpText(lease.address).view());
      if (of_hardware && lease.hardware) add(HardwareText(*lease.hardware).view());
    }
  }

  const IndexReader& reader_;
  const Settings& settings_;
  std::set<std::string> words_;
};

std::set<std::string> words_from_index(const Expected& expected, const Settings& settings) try {
  const IndexReader reader(settings);
  ValueWords values(reader, settings);
  std::set<std::string> words;
  // A zone is one of dnsmasq's.
  const bool with_guests_domains = expected.command != "zone";
  for (const std::string& kind : expected.values) words.merge(values.of(kind, with_guests_domains));
  std::erase_if(words, [&](const std::string& word) {
    return !word.starts_with(expected.begin) || !is_safe(word) ||
           std::ranges::find(expected.taken, word) != expected.taken.end();
  });
  return words;
} catch (const Error&) {
  return {};
}

/// Names of fields, in a list after those that were typed.
std::string lines_of_fields(const Expected& expected, bool is_list) {
  const std::size_t typed = is_list ? expected.begin.rfind(',') + 1 : 0;
  std::vector<std::string_view> fields = lease_field_names();
  if (is_list && expected.command == "watch")
    fields.insert(fields.end(), kChangeFields.begin(), kChangeFields.end());
  std::string lines;
  for (const std::string_view field : fields) {
    if (field.starts_with(std::string_view(expected.begin).substr(typed)))
      lines.append(expected.before).append(expected.begin, 0, typed).append(field).append("\n");
  }
  return lines;
}

bool expects(const Expected& expected, std::string_view value) {
  return std::ranges::find(expected.values, value) != expected.values.end();
}

}  // namespace

std::string completion_of(const Expected& expected, const Settings& settings) {
  std::string lines;
  for (const Expected::Word& word : expected.words)
    lines += word.text + (word.help.empty() ? "" : '\t' + word.help) + '\n';
  for (const std::string& word : words_from_index(expected, settings)) lines += expected.before + word + '\n';
  if (expects(expected, "FIELD") || expects(expected, "FIELDS"))
    lines += lines_of_fields(expected, expects(expected, "FIELDS"));
  if (expects(expected, "FILE")) lines += "\tFILE\n";
  return lines;
}

}  // namespace leases::cli
