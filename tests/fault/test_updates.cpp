/// Many helpers at once.

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/fault/sweep.h"
#include "tests/fault/world.h"
#include "tests/support/children.h"

using namespace leases::test;

namespace {

constexpr int kHelpers = 50;
constexpr int kNetworks = 10;

/// The leases that there should be: of each network by address. A process owns every kHelpers-th address, so
/// that the order of its own events is the only one that counts.
using Model = std::map<std::pair<int, int>, Host>;

Host host_of(int network, int number, int version) {
  return {"host-" + std::to_string(number) + "-" + std::to_string(version),
          "10." + std::to_string(network) + "." + std::to_string(number / 200) + "." +
              std::to_string(number % 200 + 1),
          "lab", "net" + std::to_string(network)};
}

Call event(std::mt19937& random, int helper, int round, Model& model) {
  const int network = static_cast<int>(random() % kNetworks);
  const int number = helper + kHelpers * static_cast<int>(random() % 3);
  const auto key = std::pair(network, number);
  const Host host = host_of(network, number, round);
  if (model.contains(key) && random() % 3 == 0) {
    model.erase(key);
    return del(host.address, host.network);
  }
  model[key] = host;
  return random() % 2 == 0 ? add(host) : old(host);
}

void exec(const Call& call) {
  std::vector<char*> arguments;
  std::vector<char*> variables;
  for (const std::string& text : call.command) arguments.push_back(const_cast<char*>(text.c_str()));
  for (const std::string& text : call.environment) variables.push_back(const_cast<char*>(text.c_str()));
  arguments.push_back(nullptr);
  variables.push_back(nullptr);
  ::execve(arguments[0], arguments.data(), variables.data());
  ::_exit(127);
}

State state_of(const Model& model) {
  std::vector<Host> hosts;
  for (const auto& [key, host] : model) hosts.push_back(host);
  return leases::test::state_of(hosts);
}

}  // namespace

TEST_CASE("Of 50 helpers at once on 10 networks each has its effect, and no other") {
  make_world({});
  std::mt19937 random(2033);
  Model model;
  const int rounds = is_soak() ? 400 : 12;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    std::vector<pid_t> helpers;
    for (int helper = 0; helper < kHelpers; ++helper) {
      const Call call = event(random, helper, round, model);
      const pid_t child = ::fork();
      if (child == 0) exec(call);
      helpers.push_back(child);
    }
    for (const pid_t helper : helpers) CHECK(result_of(helper) == 0);
    REQUIRE(state_of_status_files() == state_of(model));
    REQUIRE(state_of_index() == state_of(model));
  }
}

TEST_CASE("Among them some that are killed: each lease is as it was or as it was to be") {
  make_world({});
  std::mt19937 random(2034);
  for (int round = 0; round < (is_soak() ? 200 : 6); ++round) {
    std::vector<pid_t> helpers;
    std::vector<Call> calls;
    Model model;
    for (int helper = 0; helper < kHelpers; ++helper) {
      calls.push_back(event(random, helper, round, model));
      const pid_t child = ::fork();
      if (child == 0) exec(calls.back());
      helpers.push_back(child);
    }
    for (const pid_t helper : helpers) {
      if (random() % 3 == 0) ::kill(helper, SIGKILL);
    }
    for (const pid_t helper : helpers) result_of(helper);
    REQUIRE(!state_of_status_files().starts_with("damaged"));
    REQUIRE(state_of_index() != "damaged");
    for (const Call& call : calls) REQUIRE(run(call).status == 0);
    const State files = state_of_status_files();
    REQUIRE(state_of_index() == files);
    for (const auto& [key, host] : model)
      REQUIRE(files.find(host.network + ' ' + host.address + ' ' + host.name + ' ') != std::string::npos);
  }
}
