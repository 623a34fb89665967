#include "dnsmasq/server_registry.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "tests/support/files.h"

namespace leases::test {

namespace {

const ProcessIdentity kStopped{999'999'999, 1};

ProcessIdentity running() {
  // The test itself; its start is asked of the system, since only that exact one counts as running.
  static const ProcessIdentity self = identity_of_process(::getpid()).value();
  return self;
}

CallingServer server(const std::string& key, const ProcessIdentity& process,
                     const std::string& network_namespace = "id:1") {
  CallingServer made;
  made.key = key;
  made.process = process;
  made.network_namespace = network_namespace;
  return made;
}

/// A dnsmasq, and the process that runs its scripts.
class Dnsmasq {
 public:
  Dnsmasq() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    dnsmasq_ = ::fork();
    if (dnsmasq_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::prctl(PR_SET_NAME, "dnsmasq");
      const pid_t scripts = ::fork();
      if (scripts != 0 && ::write(ends[1], &scripts, sizeof scripts) != sizeof scripts) ::_exit(1);
      for (;;) ::pause();
    }
    REQUIRE(::read(ends[0], &scripts_, sizeof scripts_) == sizeof scripts_);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  Dnsmasq(const Dnsmasq&) = delete;
  Dnsmasq& operator=(const Dnsmasq&) = delete;
  ~Dnsmasq() {
    ::kill(scripts_, SIGKILL);
    end();
  }
  void end() {
    if (dnsmasq_ <= 0) return;
    ::kill(dnsmasq_, SIGKILL);
    ::waitpid(dnsmasq_, nullptr, 0);
    dnsmasq_ = 0;
  }
  [[nodiscard]] ProcessIdentity scripts() const { return identity_of_process(scripts_).value(); }

 private:
  pid_t dnsmasq_ = 0;
  pid_t scripts_ = 0;
};

const auto kNoLeases = [](const std::string&) { return false; };
const auto kLeases = [](const std::string&) { return true; };

std::string stored_file(const std::string& name) {
  return read_file(std::string(NSS_LEASES_TEST_DATA) + '/' + name);
}

struct RegistryFixture {
  TemporaryDirectory place;
  Directory directory = Directory::open_or_create(place.path());

  [[nodiscard]] std::string file() const { return place.path_of("servers/known"); }
  [[nodiscard]] ServerRegistry read() const { return ServerRegistry::read(directory); }
  void write(std::string_view text) const {
    std::filesystem::create_directory(place.path_of("servers"));
    write_file(file(), text);
  }
};

}  // namespace

TEST_SUITE_BEGIN("server_registry");

TEST_CASE("the stored example is read, and written with the same bytes") {
  const RegistryFixture fixture;
  const std::string stored = stored_file("servers-known");
  fixture.write(stored);
  const ServerRegistry registry = fixture.read();
  CHECK_FALSE(registry.is_changed());
  REQUIRE(registry.servers().size() == 3);
  const CallingServer& lan = registry.servers()[0].server;
  CHECK(lan.process == ProcessIdentity{812, 48213, "9c1f5a0e-7d43-4b5f-8a61-2f0c3e9d8b17"});
  CHECK(lan.leases.kind == LeaseDatabase::Kind::file);
  CHECK(lan.leases.file == "/var/lib/misc/dnsmasq.leases");
  CHECK(lan.is_followed);
  CHECK(registry.servers()[1].networks == std::vector<ServedNetwork>{{"br0@blue", "br0"}});
  CHECK(registry.servers()[2].server.is_of_libvirt());
  registry.write(fixture.directory);
  CHECK(read_file(fixture.file()) == stored);
}

TEST_CASE("a file from before boots were told apart is taken for one of this boot, and replaced") {
  const RegistryFixture fixture;
  fixture.write(stored_file("servers-known-without-boot"));
  const ServerRegistry registry = fixture.read();
  CHECK(registry.is_changed());
  REQUIRE(registry.servers().size() == 3);
  const CallingServer& lan = registry.servers()[0].server;
  CHECK(lan.process == ProcessIdentity{812, 48213, running().boot});
  CHECK(lan.network_namespace == "id:4026531840");
  CHECK(lan.leases.file == "/var/lib/misc/dnsmasq.leases");
  CHECK(registry.servers()[0].networks == std::vector<ServedNetwork>{{"lan", "lan"}, {"wlan0", "wlan0"}});
  CHECK(registry.servers()[2].server.process == ProcessIdentity{});
  registry.write(fixture.directory);
  const ServerRegistry again = fixture.read();
  CHECK_FALSE(again.is_changed());
  REQUIRE(again.servers().size() == 3);
  CHECK(again.servers()[0].server.process == lan.process);
}

TEST_CASE("the same process id and start in another boot are another start") {
  const RegistryFixture fixture;
  const std::string process = std::to_string(running().id) + ' ' + std::to_string(running().started);
  fixture.write("server a " + process +
                " boot:00000000-0000-0000-0000-000000000000 - file followed 0 /x\nnetwork lan lan\n");
  ServerRegistry registry = fixture.read();
  REQUIRE(registry.servers().size() == 1);
  CHECK(registry.find(running()) == nullptr);
  CHECK_FALSE(is_running(registry.servers()[0].server.process));
  CallingServer caller = server("a", running(), "");
  CHECK(registry.note(caller));
  CHECK_FALSE(registry.servers()[0].server.is_followed);
  CHECK(registry.serves(caller, "lan"));
}

TEST_CASE("what cannot be understood is left out, with the networks of its server") {
  const RegistryFixture fixture;
  fixture.write(
      "server a x 1 - file pending 0 -\nnetwork lost lost\nnonsense\nserver b 1 1 - file pending 0 /x y\n"
      "network ../up lan\nnetwork lan\nnetwork lan lan\nserver");
  const ServerRegistry registry = fixture.read();
  REQUIRE(registry.servers().size() == 1);
  CHECK(registry.servers()[0].server.key == "b");
  CHECK(registry.servers()[0].server.leases.file == "/x y");
  CHECK(registry.servers()[0].networks == std::vector<ServedNetwork>{{"lan", "lan"}});
}

TEST_CASE("whatever stands in the place of its directory, no server is known, and nothing fails") {
  const RegistryFixture fixture;
  const std::string place = fixture.place.path_of("servers");
  SUBCASE("a file") {
    write_file(place, "server");
  }
  SUBCASE("a link to itself") {
    std::filesystem::create_symlink("servers", place);
  }
  SUBCASE("a link to nothing") {
    std::filesystem::create_symlink("nothing", place);
  }
  SUBCASE("a directory instead of the file") {
    std::filesystem::create_directories(fixture.file());
  }
  CHECK(fixture.read().servers().empty());
}

TEST_CASE("a path with a line break in it does not become a line") {
  const RegistryFixture fixture;
  ServerRegistry registry;
  CallingServer odd = server("a", kStopped);
  odd.leases = {LeaseDatabase::Kind::file, "/x\nserver b 1 1 - file pending 0 /y", 1};
  registry.note(odd);
  registry.write(fixture.directory);
  REQUIRE(fixture.read().servers().size() == 1);
  CHECK(fixture.read().servers()[0].server.leases.kind == LeaseDatabase::Kind::unknown);
}

TEST_CASE("a server that is restarted is the same, and every start is new once") {
  ServerRegistry registry;
  CHECK(registry.note(server("a", kStopped)));
  CHECK_FALSE(registry.note(server("a", kStopped)));
  CHECK(registry.network_of(server("a", kStopped), "lan", false, kNoLeases) == "lan");
  CHECK(registry.note(server("a", {999'999'998, 2})));
  CHECK(registry.servers().size() == 1);
  CHECK(registry.serves(server("a", {999'999'998, 2}), "lan"));
  CHECK_FALSE(registry.serves(server("b", {999'999'997, 2}), "lan"));
}

TEST_CASE("what was followed has to be followed again after the next start") {
  ServerRegistry registry;
  registry.note(server("a", kStopped));
  registry.note_followed(server("a", kStopped));
  registry.note(server("a", kStopped));
  CHECK(registry.servers()[0].server.is_followed);
  registry.note_pending(server("b", kStopped));
  CHECK(registry.servers().size() == 1);
  registry.note_pending(server("a", kStopped));
  CHECK_FALSE(registry.servers()[0].server.is_followed);
  registry.note_followed(server("a", kStopped));
  registry.note(server("a", {999'999'998, 2}));
  CHECK_FALSE(registry.servers()[0].server.is_followed);
}

TEST_CASE("the number of a namespace may change while the server is stopped, a name may not") {
  ServerRegistry registry;
  registry.note(server("a", kStopped, "id:1"));
  CHECK(registry.find(server("a", running(), "id:2")) != nullptr);
  ServerRegistry named;
  named.note(server("a", kStopped, "name:red"));
  CHECK(named.find(server("a", running(), "name:blue")) == nullptr);
  ServerRegistry busy;
  busy.note(server("a", running(), "id:1"));
  CHECK(busy.find(server("a", kStopped, "id:2")) == nullptr);
}

TEST_CASE("a server that goes on is not the one that calls for the first time with its command line") {
  Dnsmasq red;
  ServerRegistry registry;
  registry.note(server("a", red.scripts()));
  CallingServer blue = server("a", running());
  CHECK(registry.find(blue) == nullptr);
  CHECK(registry.find(server("a", red.scripts())) != nullptr);
  SUBCASE("but it is what is left of its last start") {
    blue.has_ended = true;
    CHECK(registry.find(blue) != nullptr);
  }
  SUBCASE("nor does what works through its queue go on") {
    red.end();
    CHECK(registry.find(blue) != nullptr);
  }
}

TEST_CASE(
    "of servers with one command line that have stopped it is the one with the network that is asked for") {
  const RegistryFixture fixture;
  fixture.write(
      "server a 999999999 1 boot:- id:1 helper pending 0 -\nnetwork red red\n"
      "server a 999999998 1 boot:- id:1 helper pending 0 -\nnetwork blue blue\n");
  const ServerRegistry registry = fixture.read();
  CallingServer caller = server("a", running());
  const auto networks = [&] { return registry.find(caller)->networks; };
  CHECK(networks() == std::vector<ServedNetwork>{{"red", "red"}});
  caller.asked = "blue";
  CHECK(networks() == std::vector<ServedNetwork>{{"blue", "blue"}});
  CHECK_FALSE(registry.gives(caller, "blue", "red"));
  CHECK(registry.gives(caller, "blue", "blue"));
}

TEST_CASE("a name that a server in another namespace has gets the namespace after it") {
  ServerRegistry registry;
  const CallingServer red = server("red", running(), "name:red");
  const CallingServer blue = server("blue", kStopped, "name:blue");
  const CallingServer other = server("other", kStopped, "id:7");
  CHECK(registry.network_of(red, "br0", false, kNoLeases) == "br0");
  CHECK(registry.network_of(blue, "br0", false, kNoLeases) == "br0@blue");
  CHECK(registry.network_of(blue, "br0", false, kNoLeases) == "br0@blue");
  CHECK(registry.network_of(other, "br0", false, kNoLeases) == "br0@2");
  CHECK(registry.network_of(other, "lab", false, kNoLeases) == "lab");
  CHECK(registry.network_of(server("named", kStopped, "id:8"), "br0", true, kNoLeases) == "br0");
}

TEST_CASE("a server that stopped keeps its network's name while there are leases in it") {
  ServerRegistry registry;
  registry.network_of(server("red", kStopped, "name:red"), "br0", false, kNoLeases);
  ServerRegistry empty = registry;
  CHECK(registry.network_of(server("blue", kStopped, "name:blue"), "br0", false, kLeases) == "br0@blue");
  CHECK(empty.network_of(server("blue", kStopped, "name:blue"), "br0", false, kNoLeases) == "br0");
}

TEST_CASE("two servers on one interface serve one network, as long as both run") {
  ServerRegistry registry;
  registry.network_of(server("v4", running()), "lan", false, kNoLeases);
  registry.network_of(server("v6", kStopped), "lan", false, kNoLeases);
  CHECK(registry.serves(server("v4", running()), "lan"));
  CHECK(registry.serves(server("v6", kStopped), "lan"));
  CHECK_FALSE(registry.is_served_by_one("lan"));
  registry.network_of(server("new", {999'999'998, 2}), "lan", false, kNoLeases);
  CHECK_FALSE(registry.serves(server("v6", kStopped), "lan"));
}

TEST_CASE("who starts is given the leases of its own networks") {
  ServerRegistry registry;
  const CallingServer lan = server("lan", running());
  const CallingServer wan = server("wan", kStopped);
  registry.network_of(lan, "lan", false, kNoLeases);
  registry.network_of(wan, "wan", false, kNoLeases);
  registry.network_of(server("libvirt:virbr0", kStopped), "virbr0", true, kNoLeases);
  const auto given = [&](const std::optional<CallingServer>& who, std::string_view asked = "") {
    std::string networks;
    for (const char* network : {"lan", "wan", "virbr0", "nobody"})
      networks += registry.gives(who, asked, network) ? std::string(network) + ' ' : std::string();
    return networks;
  };
  CHECK(given(lan) == "lan nobody ");
  CHECK(given(wan) == "wan nobody ");
  CHECK(given(wan, "wan") == "wan ");
  CHECK_MESSAGE(given(wan, "new").empty(), "others may have its command line, and it would end their leases");
  CHECK_MESSAGE(given(server("unknown", kStopped)) == "wan nobody ", "it may be the one that has stopped");
  CHECK_MESSAGE(given({}) == "lan wan nobody ", "a person");
  CHECK(given({}, "lan") == "lan ");
  CHECK(given(server("libvirt:virbr0", kStopped), "virbr0") == "virbr0 ");
}

TEST_CASE("servers that have stopped are forgotten with their last lease, networks when somebody says so") {
  ServerRegistry registry;
  registry.network_of(server("a", kStopped), "lan", false, kNoLeases);
  registry.network_of(server("b", running()), "wan", false, kNoLeases);
  registry.forget_idle(kLeases);
  CHECK(registry.servers().size() == 2);
  registry.forget_idle(kNoLeases);
  REQUIRE(registry.servers().size() == 1);
  CHECK(registry.servers()[0].server.key == "b");
  registry.forget("wan");
  CHECK_FALSE(registry.is_served("wan"));
}

TEST_SUITE_END();

}  // namespace leases::test
