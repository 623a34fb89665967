#include "tests/support/writer.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>

#include "paths.h"
#include "store/overlay.h"

namespace leases::test {

namespace {

/// One packet is one call; one byte comes back when it is done.
int g_socket = -1;
constexpr std::size_t kLongestCall = 160 * 1024;
constexpr char kDone = 'd';

/// Each field on a line of its own.
std::string text_of(Writer::Verb verb, const std::vector<Host>& hosts) {
  std::ostringstream text;
  text << static_cast<char>(verb) << '\n';
  for (const Host& host : hosts) {
    text << host.name << '\n' << host.address << '\n' << host.domain << '\n' << host.network << '\n';
    text << host.expiry << '\n' << host.refused << '\n' << host.guest << '\n';
    text << host.short_name << '\n' << host.machine << '\n';
  }
  return text.str();
}

std::vector<Host> hosts_of(std::istream& text) {
  std::vector<Host> hosts;
  Host host;
  std::string expiry;
  std::string refused;
  std::string short_name;
  while (std::getline(text, host.name) && std::getline(text, host.address) &&
         std::getline(text, host.domain) && std::getline(text, host.network) && std::getline(text, expiry) &&
         std::getline(text, refused) && std::getline(text, host.guest) && std::getline(text, short_name) &&
         std::getline(text, host.machine)) {
    host.expiry = std::stoull(expiry);
    host.refused = refused == "1";
    host.short_name = short_name == "1";
    hosts.push_back(host);
  }
  return hosts;
}

TableInput contents_of(const std::vector<Host>& hosts) {
  TableInput contents;
  for (const Host& host : hosts) {
    contents.leases.push_back(lease_of(host));
    contents.leases.back().changed = {hosts.size() - contents.leases.size()};
    const auto is_its = [&](const IndexedSource& network) { return network.network == host.network; };
    if (std::ranges::none_of(contents.sources, is_its)) contents.sources.push_back({host.network, {}});
  }
  return contents;
}

void execute(Writer::Verb verb, const std::vector<Host>& hosts) {
  switch (verb) {
    case Writer::Verb::lease:
      for (const Host& host : hosts) open_store().put(lease_of(host));
      return;
    case Writer::Verb::end:
      for (const Host& host : hosts) open_store().remove(host.network, parse_ip(host.address).value());
      return;
    case Writer::Verb::replace_index: {
      StoreTransaction store = open_store();
      store.replace_index(current_snapshot(store.view()));
      return;
    }
    case Writer::Verb::replace_leases:
      open_store().replace_index(contents_of(hosts));
  }
}

[[noreturn]] void serve(int socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string call(kLongestCall, '\0');
  try {
    for (ssize_t size = 0; (size = ::recv(socket, call.data(), call.size(), 0)) > 0;) {
      std::istringstream text(call.substr(0, static_cast<std::size_t>(size)));
      std::string verb;
      std::getline(text, verb);
      execute(static_cast<Writer::Verb>(verb.at(0)), hosts_of(text));
      if (::send(socket, &kDone, 1, MSG_NOSIGNAL) != 1) break;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "writer: %s\n", error.what());
    ::_exit(EXIT_FAILURE);
  }
  ::_exit(EXIT_SUCCESS);
}

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  ::_exit(EXIT_FAILURE);
}

}  // namespace

void Writer::start() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) give_up("socketpair");
  const pid_t child = ::fork();
  if (child < 0) give_up("fork");
  if (child == 0) {
    ::close(ends[0]);
    serve(ends[1]);
  }
  ::close(ends[1]);
  g_socket = ends[0];
}

void Writer::run(Verb verb, const std::vector<Host>& hosts) {
  const std::string call = text_of(verb, hosts);
  char answer = 0;
  ssize_t size = -1;
  if (::send(g_socket, call.data(), call.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(call.size()))
    give_up("writer");
  while ((size = ::recv(g_socket, &answer, 1, 0)) < 0 && errno == EINTR) {
  }
  if (size != 1 || answer != kDone) give_up("writer");
}

StoreTransaction open_store() {
  return StoreTransaction(Settings{paths::kStateDirectory, paths::kRuntimeDirectory, {}, {}});
}

Lease lease_of(const Host& host) {
  Lease lease;
  lease.network = host.network;
  lease.address = parse_ip(host.address).value();
  // Mostly every address is another machine's, or it would hide those that the machine had before.
  lease.hardware =
      HardwareAddress{1, 16, parse_ip(host.machine.empty() ? host.address : host.machine)->bytes};
  lease.hostname = host.name;
  lease.name_refused = host.refused;
  lease.domain = host.domain;
  lease.short_name = host.short_name;
  lease.guest_name = host.guest;
  lease.expiry = {host.expiry};
  return lease;
}

}  // namespace leases::test
