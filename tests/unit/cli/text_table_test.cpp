#include "cli/output/text_table.h"

#include <doctest/doctest.h>

namespace leases::cli::test {

TEST_SUITE_BEGIN("text_table");

TEST_CASE("columns are aligned, empty cells are dashes, and nothing follows the last cell") {
  TextTable table({"Name", "IP", "End"});
  table.add({{"a-long-name"}, {""}, {"never"}});
  table.add({{"b"}, {"10.0.0.1"}, {""}});
  CHECK(table.text(false) ==
        "Name         IP        End\n"
        "a-long-name  -         never\n"
        "b            10.0.0.1  -\n");
}

TEST_CASE("colour does not move the columns") {
  TextTable table({"A", "B"});
  table.add({{"x", Tone::good}, {"y", Tone::warning}});
  table.add({{"long"}, {"z"}});
  CHECK(table.text(true) ==
        "\033[1mA\033[0m     \033[1mB\033[0m\n"
        "\033[32mx\033[0m     \033[33my\033[0m\n"
        "long  z\n");
}

TEST_CASE("columns are left out in the order given until a line fits") {
  TextTable table({"Name", "Address", "End"});
  table.add({{"web"}, {"10.0.0.1"}, {"never"}});
  table.fit(21, {"Other", "End", "Address"});
  CHECK(table.text(false) == "Name  Address   End\nweb   10.0.0.1  never\n");
  table.fit(20, {"Other", "End", "Address"});
  CHECK(table.text(false) == "Name  Address\nweb   10.0.0.1\n");
  table.fit(1, {"Address"});
  CHECK(table.text(false) == "Name\nweb\n");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
