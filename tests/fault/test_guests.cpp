/// Guests that choose their names and numbers to do harm.

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "paths.h"
#include "tests/fault/world.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/lookup.h"
#include "tests/support/writer.h"

using namespace leases::test;

namespace {

const Host kSteady{"steady", "10.77.1.1"};

/// The processor time, in seconds, of all processes that this one has waited for.
double time_of_children() {
  rusage usage{};
  REQUIRE(::getrusage(RUSAGE_CHILDREN, &usage) == 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The same for one call: other tests may keep all processors busy.
double seconds_for(const Call& call) {
  const double before = time_of_children();
  CHECK(run(call).status == 0);
  return time_of_children() - before;
}

/// What a guest would like to be called. dnsmasq lets only labels through; the helper does not rely on that.
const std::vector<std::string> kNames{"localhost",
                                      "localhost4",
                                      "LocalHost",
                                      "wpad",
                                      "isatap",
                                      "_gateway",
                                      "127",
                                      "0x7f000001",
                                      "017700000001",
                                      "dead-",
                                      "",
                                      ".",
                                      "..",
                                      "a.b",
                                      "-rf",
                                      "a b",
                                      "a\nb",
                                      "a\"b",
                                      "a\\",
                                      "a\x1b[31mb",
                                      "\x1b]0;title\x07",
                                      "a\x7f",
                                      "caf\xc3\xa9",
                                      "\xff\xfe",
                                      "$(id)",
                                      "`id`",
                                      "../../etc/passwd",
                                      "a;b",
                                      "a#b",
                                      "a,b",
                                      "a{b}",
                                      "*",
                                      "?",
                                      "%s%n",
                                      "\xe2\x80\xae"
                                      "txt",
                                      std::string(64, 'a'),
                                      std::string(255, 'b')};

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

std::string leasectl(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{NSS_LEASES_LEASECTL};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command).output;
}

/// What a guest with very many leases pretends to be.
enum class Machines : bool { one, many };

/// A status file of such a guest's leases, as the helper would write it.
void lease_crowd(int count, Machines machines) {
  make_world({kSteady});
  std::ofstream file(std::string(leases::paths::kStateDirectory) + "/br6.status");
  file << "[\n";
  for (int i = 0; i < count; ++i) {
    char address[32];
    std::snprintf(address, sizeof address, "fd00:6::%x:%x", i / 65536 + 1, i % 65536 + 1);
    char mac[32];
    const int machine = machines == Machines::many ? i : 0;
    std::snprintf(mac, sizeof mac, "02:00:00:%02x:%02x:06", machine >> 8, machine & 255);
    file << (i > 0 ? ",\n" : "") << "  {\n    \"iaid\": \"" << i << "\",\n    \"ip-address\": \"" << address
         << "\",\n    \"mac-address\": \"" << mac
         << "\",\n    \"hostname\": \"crowd\",\n    "
            "\"client-id\": "
            "\"00:01\",\n    \"expiry-time\": 1995412919\n  }";
  }
  file << "\n]\n";
  file.close();
  REQUIRE(run(rebuild()).status == 0);
}

}  // namespace

TEST_CASE(
    "Whatever a guest calls itself, files stay whole, and no output has a byte in it that a terminal obeys") {
  make_world({kSteady});
  int number = 0;
  for (const std::string& name : kNames) {
    CAPTURE(name);
    Host host{name, "10.77.2." + std::to_string(++number)};
    Call call = add(host);
    call.environment.push_back("DNSMASQ_SUPPLIED_HOSTNAME=" + name);
    call.environment.push_back("DNSMASQ_OLD_HOSTNAME=" + name);
    call.environment.push_back("DNSMASQ_CLIENT_ID=" + name);
    call.environment.push_back("DNSMASQ_DOMAIN=" + name);
    call.environment.push_back("DNSMASQ_USER_CLASS0=" + name);
    const Finished finished = run(call);
    CHECK(is_plain(finished.output));
    REQUIRE(!state_of_status_files().starts_with("damaged"));
    CHECK(by_name(name).status != NSS_STATUS_SUCCESS);
    CHECK(by_address(host.address).status != NSS_STATUS_SUCCESS);
  }
  const std::string stream = run(init()).output;
  CHECK(is_plain(stream));
  CHECK(std::ranges::count(stream, ' ') == 4 * std::ranges::count(stream, '\n'));
  CHECK(is_plain(leasectl({"list"})));
  CHECK(is_plain(leasectl({"list", "--json"})));
  CHECK(by_name("steady").addresses == kSteady.address);
}

TEST_CASE("The contents of another program's file cannot become more than a name either") {
  make_world({kSteady});
  write_file(
      std::string(leases::paths::kStateDirectory) + "/br7.status",
      "[{\"ip-address\":\"10.77.7.1\",\"expiry-time\":0,\"hostname\":\"a\\u001b[31m\"},"
      "{\"ip-address\":\"10.77.7.2\",\"expiry-time\":0,\"hostname\":\"localhost\"},"
      "{\"ip-address\":\"10.77.7.3\",\"expiry-time\":0,\"domain\":\"x\\ny\"},"
      "{\"ip-address\":\"10.77.7.4\",\"expiry-time\":0,\"hostname\":\"fine\",\"unknown\":[{\"deep\":1}]}]");
  run(rebuild());
  CHECK(is_plain(leasectl({"list"})));
  CHECK(by_name("fine").addresses == "10.77.7.4");
  CHECK(by_name("localhost").unknown());
  CHECK(by_address("10.77.7.1").unknown());
  CHECK(by_address("10.77.7.3").unknown());
  CHECK(by_name("steady").addresses == kSteady.address);
}

TEST_CASE("A guest with 10,000 names has the last one, and the files do not grow") {
  make_world({kSteady});
  std::size_t largest = 0;
  for (int i = 0; i < 10'000; i += 100) {
    // Every hundredth by the helper itself, those in between in one go.
    REQUIRE(run(old({"name-" + std::to_string(i), "10.77.1.9"})).status == 0);
    std::vector<Host> more;
    for (int k = i + 1; k < i + 100; ++k) more.push_back({"name-" + std::to_string(k), "10.77.1.9"});
    Writer::run(Writer::Verb::lease, more);
    largest = std::max(largest, read_file(leases::paths::kIndex).size());
  }
  CHECK(largest < 100'000);
  CHECK(by_address("10.77.1.9").name == "name-9999.lab");
  CHECK(by_name("name-9999").addresses == "10.77.1.9");
  CHECK(by_name("name-9998").unknown());
  CHECK(by_name("name-0").unknown());
  CHECK(state_of_index() == state_of({kSteady, {"name-9999", "10.77.1.9"}}));
  CHECK(read_file(std::string(leases::paths::kStateDirectory) + "/br0.status").size() < 1000);
}

TEST_CASE(
    "Two guests that fight over a name: each call is recorded, and the last guest that got it comes first") {
  make_world({kSteady});
  const Host one{"prize", "10.77.1.10"};
  const Host other{"prize", "10.77.1.11"};
  for (int round = 0; round < 20; ++round) {
    const Host& winner = round % 2 == 0 ? one : other;
    const Host& loser = round % 2 == 0 ? other : one;
    // As dnsmasq does it: the loser is reported first, without a name.
    REQUIRE(run(old({"", loser.address})).status == 0);
    REQUIRE(run(old(winner)).status == 0);
    CHECK(by_name("prize").addresses == winner.address);
    CHECK(by_address(loser.address).unknown());
  }
  // In two networks both have it.
  REQUIRE(run(add({"prize", "10.78.1.1", "lab", "br1"})).status == 0);
  CHECK(by_name("prize").addresses == "10.78.1.1 " + other.address);
  CHECK(by_name("prize.br1").addresses == "10.78.1.1");
}

TEST_CASE(
    "65,000 leases of one client under one name: events and lookups cost what there is, not its square") {
  Machines machines = Machines::many;
  SUBCASE("which pretends to be as many machines") {}
  SUBCASE("which is one machine") {
    machines = Machines::one;
  }
  const Host more{"crowd", "fd00:6::ffff", "", "br6"};
  const Host else_where{"else", "10.77.1.50"};
  lease_crowd(8'000, machines);
  const double few = std::max(seconds_for(old(more)), seconds_for(del(more.address, "br6")));
  lease_crowd(65'000, machines);
  const double many = std::max(seconds_for(old(more)), seconds_for(del(more.address, "br6")));
  const double others = std::max(seconds_for(old(else_where)), seconds_for(del(else_where.address)));
  MESSAGE("an event of that client: ", few, " s with 8,000 leases, ", many,
          " s with 65,000; of another one: ", others, " s");
  CHECK(many < 30 * few);
  CHECK(many < 5);
  CHECK(others < 1);

  const std::clock_t begin = std::clock();
  constexpr int kLookups = 100;
  for (int i = 0; i < kLookups; ++i) CHECK(by_name("crowd").found());
  const double lookup = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / kLookups;
  MESSAGE("a lookup of the name: ", lookup, " s");
  CHECK(lookup < 0.01);
  // Beside the one machine there is the client of the events.
  CHECK(std::ranges::count(by_name("crowd").addresses, ' ') == (machines == Machines::many ? 1023 : 1));
  CHECK(by_name("steady").addresses == kSteady.address);
}
