/// The module and the hook of systemd-resolved give the same answers.

#include <arpa/nameser.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "resolve/dns_name.h"
#include "resolve/hook_answer.h"
#include "tests/support/dns_records.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"

using namespace leases::test;

namespace {

using Answers = std::optional<std::vector<DnsRecord>>;

Answers hook(const std::string& name, const std::vector<std::uint16_t>& types) {
  std::vector<leases::resolve::RecordKey> question;
  for (const std::uint16_t type : types) question.push_back({ns_c_in, type, name});
  const auto records = leases::resolve::answer_of(question);
  if (!records) return {};
  return parsed_records(*records);
}

std::string data_of(const std::vector<DnsRecord>& records) {
  std::string text;
  for (const DnsRecord& record : records) text += (text.empty() ? "" : " ") + record.data;
  return text;
}

std::string sorted(std::string words) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    list.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  std::ranges::sort(list);
  words.clear();
  for (const std::string& word : list) words += word + ' ';
  return words;
}

/// Answers of the module and of the hook.
struct Both {
  Reply module;
  Answers records;
};

/// In one second of the clock by which both judge leases.
template <typename Module>
Both both(Module&& module, const std::string& name, const std::vector<std::uint16_t>& types) {
  const auto second = [] {
    timespec time{};
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    return time.tv_sec;
  };
  for (;;) {
    const std::time_t begin = second();
    Both answers{module(), hook(name, types)};
    if (second() == begin) return answers;
  }
}

bool holds_as_long(const Reply& module, const std::vector<DnsRecord>& records) {
  return std::ranges::all_of(
      records, [&](const DnsRecord& record) { return record.ttl == static_cast<std::uint32_t>(module.ttl); });
}

/// Compares the answers to a name.
void same(const std::string& name) {
  CAPTURE(name.substr(0, 300));
  for (const auto& [family, type] : {std::pair(AF_INET, ns_t_a), std::pair(AF_INET6, ns_t_aaaa)}) {
    const int af = family;
    CAPTURE(af);
    const auto& [module, records] =
        both([&] { return by_name(name, af); }, name, {static_cast<std::uint16_t>(type)});
    REQUIRE(records.has_value() == !module.unknown());
    if (!records) continue;
    CHECK(records->empty() == module.no_address());
    CHECK(data_of(*records) == module.addresses);
    CHECK(holds_as_long(module, *records));
  }
  const auto& [module, records] = both([&] { return by_name(name); }, name, {ns_t_a, ns_t_aaaa});
  REQUIRE(records.has_value() == module.found());
  if (!records) return;
  CHECK(sorted(data_of(*records)) == sorted(module.addresses));
  for (const ns_type other : {ns_t_mx, ns_t_srv, ns_t_ptr}) {
    const Both others = both([&] { return by_name(name); }, name, {static_cast<std::uint16_t>(other)});
    CHECK(others.records.has_value() == others.module.found());
    if (others.records) CHECK(others.records->empty());
  }
}

std::string pointer(const std::string& text) {
  const auto address = leases::parse_ip(text);
  if (address->family == leases::Family::v4) return leases::resolve::reverse_zone(*address, 32);
  return leases::resolve::reverse_zone(*address, 128);
}

void same_reverse(const std::string& address) {
  CAPTURE(address);
  const auto& [module, records] = both([&] { return by_address(address); }, pointer(address), {ns_t_ptr});
  REQUIRE(records.has_value() == module.found());
  if (!records) return;
  CHECK(data_of(*records) == module.name);
  CHECK(holds_as_long(module, *records));
  CHECK(hook(pointer(address), {ns_t_a})->empty());
}

Host guest(const std::string& name, const std::string& address, const std::string& guest_name) {
  return {name, address, "lab", "br0", kFarFuture, name == "localhost", guest_name};
}

std::uint64_t in_seconds(std::uint64_t seconds) {
  return static_cast<std::uint64_t>(std::time(nullptr)) + seconds;
}

}  // namespace

TEST_CASE("Names with domains, networks, guests, of both families, and their addresses") {
  const InstalledStore store{{"Alpha", "10.77.1.196", "Lab.Example"},
                             {"Alpha", "fd00:77::196", "Lab.Example"},
                             {"v4only", "10.77.1.1"},
                             {"v6only", "fd00:77::1"},
                             {"bare", "10.77.1.2", "", "br1"},
                             {"short", "10.77.1.3", "lab", "br2", kFarFuture, false, "", true},
                             {"twin", "10.77.1.4", "lab", "br0"},
                             {"twin", "10.77.2.4", "other", "br1"},
                             {"xn--bcher-kva", "10.77.1.5"},
                             {"ending", "10.77.1.6", "lab", "br0", in_seconds(100'000)},
                             {"ending", "10.77.1.7", "lab", "br1", in_seconds(50'000)},
                             {"ending", "fd00:77::7", "lab", "br1", in_seconds(200'000)},
                             guest("ubuntu", "10.77.1.20", "web.example.com"),
                             guest("localhost", "10.77.1.21", "builder"),
                             guest("", "fd00:77::21", "builder"),
                             {"wpad", "10.77.1.30", "lab", "br0", kFarFuture, true},
                             {"", "10.77.1.31"}};
  const auto ask = [] {
    for (const char* label : {"alpha", "v4only", "v6only", "bare", "short", "twin", "xn--bcher-kva", "bücher",
                              "ending", "ubuntu", "web", "builder", "wpad", "localhost", "nobody"}) {
      same(label);
      for (const char* suffix : {"lab", "LAB.Example", "example", "br0", "br1", "br2", "other", "example.com",
                                 "lab.", "br0.lab", "localhost", "."})
        same(std::string(label) + '.' + suffix);
    }
    for (const char* address :
         {"10.77.1.196", "fd00:77::196", "10.77.1.1", "fd00:77::1", "10.77.1.2", "10.77.1.3", "10.77.1.4",
          "10.77.1.6", "fd00:77::7", "10.77.1.20", "10.77.1.21", "fd00:77::21", "10.77.1.30", "10.77.1.31",
          "10.77.1.99", "fd00:77::99", "::ffff:10.77.1.196", "::10.77.1.196", "::"})
      same_reverse(address);
  };
  ask();
  store.replace_index();
  ask();
  store.end("10.77.1.196");
  store.lease({{"renamed", "10.77.1.1"}, {"alpha", "10.77.9.9"}});
  same("v4only");
  same("renamed");
  same_reverse("10.77.1.1");
  ask();
}

TEST_CASE("Of a machine's leases both leave out the older, and both leave out those that have ended") {
  const auto of_machine = [](const std::string& address, std::uint64_t expiry) {
    return Host{"many", address, "lab", "br0", expiry, false, "", false, "10.77.1.1"};
  };
  const InstalledStore store;
  store.lease({of_machine("10.77.1.1", kFarFuture),
               of_machine("10.77.1.2", in_seconds(100'000)),
               {"many", "10.77.1.9"},
               {"gone", "10.77.1.3", "lab", "br0", 1}});
  CHECK(data_of(*hook("many", {ns_t_a})).find("10.77.1.1") == std::string::npos);
  store.lease({of_machine("10.77.1.2", in_seconds(2))});
  while (by_name("many").addresses.find("10.77.1.2") != std::string::npos) same("many");
  CHECK(data_of(*hook("many", {ns_t_a})).find("10.77.1.1") != std::string::npos);
  for (const char* name : {"many", "many.lab", "gone"}) same(name);
  for (const char* address : {"10.77.1.1", "10.77.1.2", "10.77.1.3", "10.77.1.9"}) same_reverse(address);
}

TEST_CASE("Of very many addresses both give the same") {
  std::vector<Host> hosts;
  for (int i = 0; i < 1100; ++i) {
    const std::string number = std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
    hosts.push_back({"crowd", "10.78." + number});
    if (i % 10 == 0) hosts.push_back({"crowd", "fd00:78::" + std::to_string(i + 1)});
  }
  const InstalledStore store;
  store.replace_index(hosts);
  same("crowd");
  same("crowd.lab");
}

TEST_CASE("Anything may be asked; both know the same names") {
  const std::string label(63, 'l');
  const std::string domain = std::string(63, 'd') + '.' + std::string(63, 'e') + '.' + std::string(61, 'f');
  const InstalledStore store{{"alpha", "10.77.1.1"}, {label, "10.77.1.2", domain}};
  for (const std::string& name : {std::string(),
                                  std::string("."),
                                  std::string(".."),
                                  std::string(".alpha"),
                                  std::string("alpha..lab"),
                                  std::string("alpha."),
                                  std::string("alpha.."),
                                  std::string("-alpha"),
                                  std::string("_alpha"),
                                  std::string("alpha lab"),
                                  std::string("alpha\n"),
                                  std::string("\xff\xfe"),
                                  std::string("\u00e4lpha"),
                                  std::string("10.77.1.1"),
                                  std::string("::1"),
                                  std::string("%s%n"),
                                  std::string("../alpha"),
                                  label,
                                  label + 'l',
                                  label + '.' + domain,
                                  label + '.' + domain + '.',
                                  label + '.' + domain + 'x',
                                  std::string(253, 'a'),
                                  std::string(255, '.'),
                                  "alpha." + std::string(254, 'a'),
                                  std::string(1 << 20, 'a')})
    same(name);
  CHECK_MESSAGE(hook("a\\108pha", {ns_t_a})->size() == 1, "an escape is the character that it stands for");
  CHECK_FALSE(hook("alpha\\.lab", {ns_t_a}));
  CHECK_FALSE(hook(std::string("alpha\0x", 7), {ns_t_a}));
}

TEST_CASE("Without an index neither knows a name") {
  remove_and_unmap_index();
  wait_for_next_check();
  CHECK_FALSE(by_name("alpha").found());
  CHECK_FALSE(hook("alpha", {ns_t_a}));
}
