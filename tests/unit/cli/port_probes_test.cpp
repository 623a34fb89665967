#include "cli/follow/port_probes.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;
using namespace std::chrono_literals;

namespace {

/// A socket on a port of an address of this host's own, of the kernel's choice. It refuses connections until
/// it listens.
class Port {
 public:
  explicit Port(std::string_view address) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    std::memcpy(&name.sin_addr, ip(address).bytes.data(), sizeof name.sin_addr);
    socklen_t length = sizeof name;
    REQUIRE(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&name), length) == 0);
    REQUIRE(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&name), &length) == 0);
    number_ = ntohs(name.sin_port);
  }
  void listen() const { REQUIRE(::listen(socket_.number(), 16) == 0); }
  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  FileDescriptor socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t number_ = 0;
};

/// Waits as `leasectl wait` does, until a condition holds. An attempt that is due is never late.
template <typename Condition>
bool advance_until(PortProbes& probes, const Condition& holds) {
  const auto deadline = PortProbes::Clock::now() + 60s;
  while (PortProbes::Clock::now() < deadline) {
    probes.advance();
    if (holds()) return true;
    const auto due = std::min(probes.due(), deadline);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - PortProbes::Clock::now());
    pollfd answers{probes.descriptor(), POLLIN, 0};
    ::poll(&answers, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0)));
  }
  return false;
}

const IpAddress kLoopback = ip("127.0.0.1");
const IpAddress kThere = ip("127.0.0.2");

}  // namespace

TEST_SUITE_BEGIN("port_probes");

TEST_CASE("without addresses all were tried, and nothing is due") {
  const PortProbes probes(1, 1s);
  CHECK(probes.all_tried());
  CHECK(probes.due() == PortProbes::Clock::time_point::max());
  CHECK_FALSE(probes.accepts(kLoopback));
}

TEST_CASE("an address accepts where something listens, and not where nothing does") {
  const Port port("127.0.0.1");
  port.listen();
  PortProbes probes(port.number(), 30s);
  probes.set_addresses({kLoopback, kThere});
  CHECK_FALSE(probes.all_tried());
  REQUIRE(advance_until(probes, [&] { return probes.all_tried(); }));
  CHECK(probes.accepts(kLoopback));
  CHECK_FALSE(probes.accepts(kThere));
}

TEST_CASE("an address that refuses is tried again until it accepts") {
  const Port port("127.0.0.1");
  PortProbes probes(port.number(), 30s);
  probes.set_addresses({kLoopback});
  REQUIRE(advance_until(probes, [&] { return probes.all_tried(); }));
  CHECK_FALSE(probes.accepts(kLoopback));
  CHECK(probes.due() > PortProbes::Clock::now() - 10s);
  port.listen();
  CHECK(advance_until(probes, [&] { return probes.accepts(kLoopback); }));
  CHECK(probes.due() == PortProbes::Clock::time_point::max());
}

TEST_CASE("an address that accepted is not asked again, but forgotten with its place in the list") {
  const Port port("127.0.0.1");
  port.listen();
  PortProbes probes(port.number(), 30s);
  probes.set_addresses({kLoopback});
  REQUIRE(advance_until(probes, [&] { return probes.accepts(kLoopback); }));
  probes.set_addresses({kLoopback, kThere});
  CHECK(probes.accepts(kLoopback));
  probes.set_addresses({kThere});
  CHECK_FALSE(probes.accepts(kLoopback));
  probes.set_addresses({kLoopback});
  CHECK_FALSE(probes.accepts(kLoopback));
  CHECK_FALSE(probes.all_tried());
}

TEST_CASE("an attempt without an answer ends with patience") {
  // Its queue is full: the kernel drops what comes next, as a firewall would.
  const Port port("127.0.0.1");
  port.listen();
  std::vector<std::unique_ptr<PortProbes>> queue;
  for (int i = 0; i < 64; ++i) {
    queue.push_back(std::make_unique<PortProbes>(port.number(), 1h));
    queue.back()->set_addresses({kLoopback});
    queue.back()->advance();
  }
  PortProbes probes(port.number(), 50ms);
  probes.set_addresses({kLoopback});
  probes.advance();
  CHECK(advance_until(probes, [&] { return probes.all_tried(); }));
  CHECK_FALSE(probes.accepts(kLoopback));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
