#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/verbs/verbs.h"
#include "tests/support/captured_output.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

/// What a call of leasectl gave.
struct Called {
  int code;  ///< an ExitCode
  std::string output;
  std::string errors;
};

/// `leasectl ARGUMENTS` with one verb. What it throws passes through.
inline Called called(Verb (*add_verb)(Command), const Settings& settings,
                     const std::vector<std::string>& arguments) {
  const leases::test::CapturedOutput output;
  const leases::test::CapturedErrors errors;
  CommandLine line("help", "1");
  const Verb verb = add_verb(line.leasectl());
  if (const auto finish = line.parse(arguments)) return {finish->code, finish->output, errors.text()};
  CHECK(verb.command.was_chosen());
  const int code = verb.run({settings, 022});
  return {code, output.text(), errors.text()};
}

/// The text of the Error that a call throws; empty if it throws none.
inline std::string error_of(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

/// Two machines in "br0", one of them with two addresses, and a guest without a name of its own in "lab".
inline std::vector<leases::test::OwnedLease> machines() {
  using namespace leases::test;
  OwnedLease web = lease_of("br0", "10.0.0.1", "web");
  web.domain = "lan.example";
  web.hardware = mac("02:00:00:00:00:01");
  web.client_id = {1, 2, 3};
  OwnedLease web_six = lease_of("br0", "fd00::1", "web");
  web_six.hardware = mac("02:00:00:00:00:01");
  OwnedLease vm = lease_of("lab", "10.0.1.1");
  vm.guest_name = "vm1";
  return {web, web_six, vm};
}

}  // namespace leases::cli::test
