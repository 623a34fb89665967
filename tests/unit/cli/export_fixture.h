#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cli/exports/formats.h"
#include "tests/support/captured_output.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

/// What an export writes, and what it says on standard error.
struct Exported {
  std::optional<int> code;  ///< an ExitCode
  std::string text;
  std::string errors;
};

/// `leasectl export ARGUMENTS` of an inventory, in one format.
inline Exported exported(ExportFormat (*format_of)(Command), const Inventory& inventory,
                         const std::vector<std::string>& arguments) {
  const leases::test::CapturedErrors errors;
  CommandLine line("test", "1");
  Command exports = line.leasectl().add_command("export", "help");
  const ExportFormat format = format_of(exports);
  std::vector<std::string> words{"export"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (const auto finish = line.parse(words)) return {finish->code, finish->output, errors.text()};
  CHECK(format.command.was_chosen());
  std::ostringstream out;
  const int code = format.write(inventory, out);
  return {code, out.str(), errors.text()};
}

/// Two machines: one with all that a host can have, in "lab", and one in "br0" with an IPv6 address alone.
inline Inventory two_hosts() {
  InventoryHost six;
  six.name = "six-1";
  six.network = "br0";
  six.addresses = {leases::test::ip("fd00::6")};
  InventoryHost web;
  web.name = "web";
  web.network = "lab";
  web.domain = "lab.example";
  web.guest_domain = "corp";
  web.addresses = {leases::test::ip("10.0.0.1"), leases::test::ip("fd00::1")};
  web.hardware = leases::test::mac("02:00:00:00:00:01");
  InventoryHost guest = web;
  guest.name = "vm1";
  return {{six, web}, {guest}, {}};
}

}  // namespace leases::cli::test
