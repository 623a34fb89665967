#include "tests/fault/scenario.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "paths.h"
#include "tests/support/files.h"
#include "tests/support/writer.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLongAgo = 1000;

const std::vector<Host> kSteady{
    {"steady", "10.77.1.1"}, {"steady", "fd00:77::1"}, {"other", "10.78.1.1", "", "br1"}};
const std::vector<Host> kChanging{{"moving", "10.77.1.9"}};
const Host kFresh{"fresh", "10.77.1.20"};

std::vector<Host> steady_and(std::vector<Host> hosts) {
  hosts.insert(hosts.begin(), kSteady.begin(), kSteady.end());
  return hosts;
}

std::vector<Expectation> steady_answers_and(std::vector<Expectation> answers) {
  answers.push_back({"steady", {"fd00:77::1 10.77.1.1"}});
  answers.push_back({"other.br1", {"10.78.1.1"}});
  answers.push_back({"gone", {"-"}});
  return answers;
}

/// In all of these a lookup may find that there is no index, as long as none has been made.
std::vector<Expectation> or_no_index(std::vector<Expectation> answers) {
  for (Expectation& expectation : answers) expectation.answers.emplace_back("!");
  return answers;
}

void prepare_steady() {
  make_world(kSteady, kChanging);
}

void remove_index() {
  fs::remove(paths::kIndex);
}

std::string status_path(const std::string& network) {
  return std::string(paths::kStateDirectory) + '/' + network + ".status";
}

constexpr std::string_view kDamage = "    \"mac-addr";

/// Cuts br1's status file off within its second record.
void damage_status_file() {
  const std::string path = status_path("br1");
  std::string text = read_file(path);
  text.resize(text.rfind(kDamage) + kDamage.size());
  write_file(path, text);
}

std::vector<Host> filling_hosts(int count) {
  std::vector<Host> hosts;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(100 + i);
    hosts.push_back({"filling-" + number, "10.77.3." + number});
  }
  return hosts;
}

/// How many leases are put into the overlay until the next one makes a new index.
int leases_until_replacement() {
  make_world(kSteady);
  struct stat first {};
  ::stat(paths::kIndex, &first);
  for (int count = 1;; ++count) {
    Writer::run(Writer::Verb::lease, {filling_hosts(count).back()});
    struct stat present {};
    ::stat(paths::kIndex, &present);
    if (present.st_ino != first.st_ino) return count - 1;
  }
}

Scenario one_change(std::string text, Call call, std::vector<Host> after, std::vector<Expectation> answers) {
  return {std::move(text),
          prepare_steady,
          std::move(call),
          steady_and(kChanging),
          steady_and(std::move(after)),
          {},
          steady_answers_and(std::move(answers))};
}

std::vector<Scenario> changes() {
  const Host renamed{"renamed", "10.77.1.9"};
  const Host fresh_v6{"fresh", "fd00:77::20"};
  return {
      one_change("add", add(kFresh), {kChanging[0], kFresh}, {{"fresh", {"-", "10.77.1.20"}}}),
      one_change("add, IPv6", add(fresh_v6), {kChanging[0], fresh_v6}, {{"fresh", {"-", "fd00:77::20"}}}),
      one_change("old with another name", old(renamed), {renamed},
                 {{"moving", {"10.77.1.9", "-"}}, {"renamed", {"-", "10.77.1.9"}}}),
      one_change("del", del("10.77.1.9"), {}, {{"moving", {"10.77.1.9", "-"}}}),
  };
}

Scenario add_to_a_full_index() {
  const std::vector<Host> filling = filling_hosts(leases_until_replacement());
  std::vector<Host> after = filling;
  after.push_back(kFresh);
  return {"add that makes a new index",
          [filling] { make_world(kSteady, filling); },
          add(kFresh),
          steady_and(filling),
          steady_and(after),
          {},
          steady_answers_and({{"fresh", {"-", "10.77.1.20"}}, {filling[0].name, {filling[0].address}}})};
}

/// The lease of an interface that was not known at first goes from one network to the other: two changes, and
/// it is in both before it is in one.
Scenario move_to_known_network() {
  const Host unknown{"moving", "10.77.1.9", "lab", "unknown"};
  return {"old that moves a lease to another network",
          [unknown] { make_world(kSteady, {unknown}); },
          old(kChanging[0]),
          steady_and({unknown}),
          steady_and(kChanging),
          {steady_and({unknown, kChanging[0]})},
          steady_answers_and({{"moving", {"10.77.1.9", "10.77.1.9 10.77.1.9"}}})};
}

Scenario init_with_expired() {
  const std::vector<Host> expired{{"gone", "10.77.1.30", "lab", "br0", kLongAgo},
                                  {"gone", "10.78.1.30", "", "br1", kLongAgo}};
  std::vector<Host> before = expired;
  before.push_back(kChanging[0]);
  // One network after the other.
  return {"init that ends leases",
          [=] { make_world(steady_and(before)); },
          init(),
          steady_and(before),
          steady_and(kChanging),
          {steady_and({expired[1], kChanging[0]})},
          steady_answers_and({{"moving", {"10.77.1.9"}}})};
}

std::vector<Scenario> imports() {
  const auto without_index = [] {
    prepare_steady();
    remove_index();
  };
  std::vector<Scenario> scenarios = changes();
  for (Scenario& scenario : scenarios) scenario.text += " without an index";
  scenarios.resize(1);
  scenarios.push_back({"init without an index",
                       {},
                       init(),
                       steady_and(kChanging),
                       steady_and(kChanging),
                       {},
                       steady_answers_and({{"moving", {"10.77.1.9"}}})});
  scenarios.push_back(scenarios.back());
  scenarios.back().text = "rebuild without an index";
  scenarios.back().call = rebuild();
  for (Scenario& scenario : scenarios) {
    scenario.prepare = without_index;
    scenario.answers = or_no_index(scenario.answers);
    scenario.index_is_missing = true;
  }
  return scenarios;
}

std::vector<Scenario> imports_of_damage() {
  const std::vector<Host> two{{"moving", "10.78.1.2", "", "br1"}};
  const Call event = old({"other", "10.78.1.1", "", "br1", kFarFuture + 1});
  const auto renewed = [](std::vector<Host> hosts) {
    hosts[2].expiry = kFarFuture + 1;
    return hosts;
  };
  Scenario known{"old, with a damaged status file that the index knows",
                 [two] {
                   make_world(kSteady, two);
                   damage_status_file();
                 },
                 event,
                 steady_and(two),
                 renewed(steady_and(two)),
                 {},
                 steady_answers_and({{"moving", {"10.78.1.2"}}})};
  known.file_is_damaged = true;
  Scenario salvaged = known;
  salvaged.text = "old, with a damaged status file and no index";
  salvaged.prepare = [two] {
    make_world(kSteady, two);
    damage_status_file();
    remove_index();
  };
  salvaged.before = kSteady;
  salvaged.after = renewed(kSteady);
  salvaged.answers = or_no_index(steady_answers_and({{"moving", {"10.78.1.2", "-"}}}));
  salvaged.index_is_missing = true;
  return {known, salvaged};
}

template <typename T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

std::string libvirt_path(const std::string& name) {
  return std::string(paths::kLibvirtDirectory) + '/' + name;
}

std::string libvirt_record(const std::string& last, const std::string& name) {
  return R"({"ip-address": "10.79.1.)" + last + R"(", "mac-address": "52:54:00:79:01:0)" + last +
         R"(", "hostname": ")" + name + R"(", "expiry-time": )" + std::to_string(kFarFuture) + "}";
}

std::string lease_line(const std::string& name) {
  return std::to_string(kFarFuture) + " 52:54:00:80:01:01 10.80.1.1 " + name + " *\n";
}

/// In every kind of file something changes, and something does not.
Scenario import_of_changed_sources() {
  constexpr const char* kLeases = "/var/lib/misc/dnsmasq.leases";
  const auto prepare = [] {
    prepare_steady();
    for (const char* directory : {"/var/lib/misc", paths::kLibvirtDirectory})
      fs::create_directories(directory);
    write_file(paths::kConfig,
               std::string("[[source]]\nkind = \"dnsmasq-leases\"\nnetwork = \"lan\"\npath = \"") + kLeases +
                   "\"\n");
    write_file(libvirt_path("virbr0.status"), "[" + libvirt_record("1", "vm") + "]\n");
    write_file(kLeases, lease_line("box"));
    run(import());
    write_file(libvirt_path("virbr0.status"),
               "[" + libvirt_record("1", "vm") + ", " + libvirt_record("2", "second") + "]\n");
    write_file(libvirt_path("virbr0.macs"), R"([{"domain": "guest", "macs": ["52:54:00:79:01:01"]}])");
    write_file(kLeases, lease_line("crate"));
    // A file that was written in this tick of the clock is read twice, and each run has to make the same
    // calls.
    std::this_thread::sleep_for(std::chrono::milliseconds(15));
  };
  const Host vm{"vm", "10.79.1.1", "", "virbr0"};
  Scenario scenario{"import of what libvirt and dnsmasq have changed",
                    prepare,
                    import(),
                    steady_and(kChanging),
                    steady_and(kChanging),
                    {},
                    steady_answers_and({{"moving", {"10.77.1.9"}},
                                        {"vm", {"10.79.1.1"}},
                                        {"second", {"-", "10.79.1.2"}},
                                        {"guest", {"-", "10.79.1.1"}},
                                        {"box", {"10.80.1.1", "-"}},
                                        {"crate", {"-", "10.80.1.1"}}})};
  const Host second{"second", "10.79.1.2", "", "virbr0"};
  const Host box{"box", "10.80.1.1", "", "lan"};
  const Host crate{"crate", "10.80.1.1", "", "lan"};
  scenario.imported_before = {vm, box};
  scenario.imported_after = {vm, second, crate};
  scenario.imported_between = {{vm, crate}, {vm, second, box}};
  return scenario;
}

}  // namespace

std::vector<State> Scenario::index_states(const std::vector<Host>& more) const {
  if (imported_before.empty()) return states(more);
  std::vector<State> index;
  const auto add_state = [&](const std::vector<Host>& own, const std::vector<Host>& imported) {
    std::vector<Host> hosts = own;
    append(hosts, more);
    append(hosts, imported);
    index.push_back(state_of(hosts));
  };
  add_state(before, imported_before);
  add_state(after, imported_after);
  for (const std::vector<Host>& imported : imported_between) add_state(after, imported);
  return index;
}

std::vector<State> Scenario::states(const std::vector<Host>& more) const {
  std::vector<State> states;
  const auto add_state = [&](std::vector<Host> hosts) {
    hosts.insert(hosts.end(), more.begin(), more.end());
    states.push_back(state_of(hosts));
  };
  add_state(before);
  add_state(after);
  std::for_each(between.begin(), between.end(), add_state);
  return states;
}

std::vector<Scenario> all_scenarios() {
  std::vector<Scenario> scenarios = changes();
  scenarios.push_back(add_to_a_full_index());
  scenarios.push_back(move_to_known_network());
  scenarios.push_back(init_with_expired());
  Scenario rebuilt = one_change("rebuild", rebuild(), kChanging, {{"moving", {"10.77.1.9"}}});
  scenarios.push_back(rebuilt);
  append(scenarios, imports());
  append(scenarios, imports_of_damage());
  scenarios.push_back(import_of_changed_sources());
  return scenarios;
}

bool damaged_text_is_kept() {
  return std::ranges::any_of(fs::directory_iterator(paths::kStateDirectory), [](const auto& entry) {
    return entry.path().filename().string().starts_with("br1.status") &&
           read_file(entry.path()).ends_with(kDamage);
  });
}

}  // namespace leases::test
