#include "cli/exports/host_groups.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "common/host_name.h"
#include "tests/support/captured_output.h"

namespace leases::cli::test {

namespace {

using Texts = std::vector<std::string>;

InventoryHost host(const std::string& name, const std::string& network = "br0") {
  InventoryHost host;
  host.name = name;
  host.network = network;
  return host;
}

HostGroups groups(const std::vector<InventoryHost>& hosts, const Texts& rules = {}) {
  return groups_of(Inventory{hosts, {}, {}}, rules);
}

/// Whether a command line takes a rule.
std::optional<int> parsed(const Texts& rules, Texts& taken) {
  CommandLine line("test", "1");
  Command command = line.leasectl().add_command("export", "help");
  add_group_option(command, taken);
  Texts arguments{"export"};
  for (const std::string& rule : rules) arguments.insert(arguments.end(), {"--group", rule});
  const auto finish = line.parse(arguments);
  return finish ? std::optional<int>(finish->code) : std::nullopt;
}

/// Every different text of this many parts.
std::vector<std::string> all_joined(const std::vector<std::string>& parts, int count) {
  std::set<std::string> texts{""};
  for (; count > 0; --count) {
    std::set<std::string> longer;
    for (const std::string& text : texts)
      for (const std::string& part : parts) longer.insert(text + part);
    texts.swap(longer);
  }
  return {texts.begin(), texts.end()};
}

}  // namespace

TEST_SUITE_BEGIN("host_groups");

TEST_CASE("each network is a group, with an underscore for what Ansible does not take") {
  CHECK(groups({host("a", "br-0.lab"), host("b", "br-0.lab"), host("c", "x")}) ==
        HostGroups{{"network_br_0_lab", {"a", "b"}}, {"network_x", {"c"}}});
}

TEST_CASE("networks that would share a group have one each, with all characters spelled out") {
  CHECK(groups({host("a", "br-a"), host("b", "br_a"), host("c", "br.a"), host("d", "br-b")}) ==
        HostGroups{{"network_br_x2d_a", {"a"}},
                   {"network_br_x5f_a", {"b"}},
                   {"network_br_x2e_a", {"c"}},
                   {"network_br_b", {"d"}}});
  CHECK(
      groups({host("a", "br-a"), host("b", "br_a"), host("c", "br_x2d_a")}) ==
      HostGroups{{"network_br_x2d_a", {"a"}}, {"network_br_x5f_a", {"b"}}, {"network_br_x5f_x2d_a", {"c"}}});
}

TEST_CASE("names with a dash and with an underscore never share a group") {
  const HostGroups found = groups({host("web-a1"), host("web_a1"), host("web-a-2")});
  CHECK(found.at("name_web_a") == std::set<std::string>{"web-a1", "web-a-2"});
  CHECK(found.at("name_web_x5f_a") == std::set<std::string>{"web_a1"});
  CHECK(groups({host("web_a1")}).contains("name_web_x5f_a"));
}

TEST_CASE("no name is spelled as another one is spelled out") {
  const HostGroups found = groups({host("web-x5f-a-1"), host("web_a-1"), host("web-x5f_a1"), host("x-x5")});
  CHECK(found.at("name_web_x2d_x5f_a") == std::set<std::string>{"web-x5f-a-1"});
  CHECK(found.at("name_web_x5f_a") == std::set<std::string>{"web_a-1"});
  CHECK(found.at("name_web_x2d_x5f_x5f_a") == std::set<std::string>{"web-x5f_a1"});
  CHECK(found.at("name_x_x") == std::set<std::string>{"x-x5"});
  CHECK(groups({host("a", "br-x5f-a")}).contains("network_br_x2d_x5f_a"));
}

TEST_CASE("different names have different groups, whatever their names") {
  const std::vector<std::string> texts = all_joined({"a", "-", "_", ".", "x2d", "x5f", "x2e"}, 5);
  std::set<std::string> stems;
  std::vector<InventoryHost> networks;
  std::size_t names = 0;
  for (const std::string& text : texts) {
    networks.push_back(host("h", 'n' + text));
    if (text.find('.') != std::string::npos || !is_alphanumeric(text.back())) continue;
    ++names;
    for (const auto& [group, hosts] : groups({host('n' + text + "-z1")}))
      if (group.starts_with("name_")) stems.insert(group);
  }
  CHECK(names > 1000);
  CHECK(stems.size() == names);
  CHECK(groups(networks).size() == texts.size());
}

TEST_CASE("a network without hosts counts, so that groups do not change their names with leases") {
  Inventory inventory{{host("a", "br-a")}, {}, {}};
  inventory.networks.emplace_back().network = "br_a";
  CHECK(groups_of(inventory, {}) == HostGroups{{"network_br_x2d_a", {"a"}}});
}

TEST_CASE("hosts whose names end with a number are a group under the part before it") {
  const HostGroups found = groups(
      {host("ci-runner-0042"), host("ci-runner-7"), host("web1"), host("db_2"), host("plain"), host("42")});
  CHECK(found.at("name_ci_runner") == std::set<std::string>{"ci-runner-0042", "ci-runner-7"});
  CHECK(found.at("name_web") == std::set<std::string>{"web1"});
  CHECK(found.at("name_db") == std::set<std::string>{"db_2"});
  CHECK(found.size() == 4);
}

TEST_CASE("a rule makes a group of the hosts whose name matches, in either case") {
  const HostGroups found = groups({host("ci-1"), host("web")}, {"ci=CI-*", "all_w=w?b", "none=x*"});
  CHECK(found.at("ci") == std::set<std::string>{"ci-1"});
  CHECK(found.at("all_w") == std::set<std::string>{"web"});
  CHECK_FALSE(found.contains("none"));
}

TEST_CASE("two rules may fill one group") {
  CHECK(groups({host("a"), host("b")}, {"g=a", "g=b"}).at("g") == std::set<std::string>{"a", "b"});
}

TEST_CASE("members are known by their key") {
  InventoryHost twin = host("web-1", "lab");
  twin.alone = false;
  CHECK(groups({twin}, {"w=web-*"}) ==
        HostGroups{{"name_web", {"web-1.lab"}}, {"network_lab", {"web-1.lab"}}, {"w", {"web-1.lab"}}});
}

TEST_CASE("a name may be that of a group if it begins like one or a rule names it") {
  CHECK(may_be_group("network_x", {}));
  CHECK(may_be_group("name_x", {}));
  CHECK(may_be_group("ci", {"ci=a*"}));
  CHECK_FALSE(may_be_group("ci", {"cix=a*"}));
  CHECK_FALSE(may_be_group("web", {}));
  CHECK_FALSE(may_be_group("name_a-b", {}));
}

TEST_CASE("--group takes NAME=PATTERN, again and again") {
  Texts rules;
  CHECK_FALSE(parsed({"ci=ci-*", "_x9=[ab]"}, rules));
  CHECK(rules == Texts{"ci=ci-*", "_x9=[ab]"});
}

TEST_CASE("--group takes no name that Ansible would not take, and no empty pattern") {
  for (const std::string rule : {"ci", "=x", "ci=", "1a=x", "a-b=x", "a b=x"}) {
    CAPTURE(rule);
    const leases::test::CapturedErrors errors;
    Texts rules;
    CHECK(parsed({rule}, rules) == kUsage);
    CHECK(errors.text().find("--group: '" + rule +
                             "': expected NAME=PATTERN like ci='ci-*', the name of letters, digits and "
                             "underscores\n") != std::string::npos);
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
