#include "cli/checks/dns_client.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "util/file.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// A DNS server on a port of 127.0.0.1, of the kernel's choice, that answers one question.
class DnsServer {
 public:
  DnsServer() {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof name;
    const timeval patience{60, 0};
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    REQUIRE(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&name), length) == 0);
    REQUIRE(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&name), &length) == 0);
    port_ = ntohs(name.sin_port);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// What the server received, having sent what `answer` makes of it.
  Bytes serve_once(const std::function<Bytes(Bytes)>& answer) const {
    std::array<std::uint8_t, 512> buffer{};
    sockaddr_in client{};
    socklen_t length = sizeof client;
    const ssize_t size = ::recvfrom(socket_.number(), buffer.data(), buffer.size(), 0,
                                    reinterpret_cast<sockaddr*>(&client), &length);
    if (size < 0) return {};
    const Bytes question(buffer.begin(), buffer.begin() + size);
    const Bytes reply = answer(question);
    ::sendto(socket_.number(), reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&client),
             length);
    return question;
  }

 private:
  FileDescriptor socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
};

const IpAddress kHere = ip("127.0.0.1");

}  // namespace

TEST_SUITE_BEGIN("dns_client");

TEST_CASE("a server's addresses are the answer") {
  const DnsServer server;
  std::thread serving([&] {
    server.serve_once([](Bytes question) {
      question[2] = 0x84;
      question[7] = 1;
      for (const int byte : {0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1})
        question.push_back(static_cast<std::uint8_t>(byte));
      return question;
    });
  });
  const auto addresses = ask_dns(kHere, "web.lab", Family::v4, server.port());
  serving.join();
  CHECK(addresses == std::set<IpAddress>{ip("10.0.0.1")});
}

TEST_CASE("an answer that is not valid is nothing") {
  const DnsServer server;
  std::thread serving([&] { server.serve_once([](const Bytes&) { return Bytes{1, 2, 3}; }); });
  CHECK_FALSE(ask_dns(kHere, "web", Family::v4, server.port()));
  serving.join();
}

TEST_CASE("a server that is silent is not waited for") {
  const DnsServer server;
  CHECK_FALSE(ask_dns(kHere, "web", Family::v4, server.port()));
}

TEST_CASE("where nothing listens there is no answer") {
  std::uint16_t port = 0;
  { port = DnsServer().port(); }
  CHECK_FALSE(ask_dns(kHere, "web", Family::v4, port));
  CHECK_FALSE(ask_dns(ip("::1"), "web", Family::v6, port));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
