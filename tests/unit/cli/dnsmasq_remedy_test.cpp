#include "cli/checks/dnsmasq_remedy.h"

#include "tests/unit/cli/check_fixture.h"

namespace leases::cli::test {

namespace {

DnsmasqOptions options_with(const CheckFixture& host, std::vector<std::string> words) {
  words.insert(words.begin(), "dnsmasq");
  return {words, host.context().dnsmasq_file};
}

std::string below_root(const CheckFixture& host, std::string text) {
  const std::string root = host.path_of("").substr(0, host.path_of("").size() - 1);
  for (std::size_t at = 0; (at = text.find(root, at)) != std::string::npos;) text.erase(at, root.size());
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("dnsmasq_remedy");

TEST_CASE("a script is added in the system's directory if that is read") {
  const CheckFixture host;
  const auto options = options_with(host, {"-7", host.context().dnsmasq_directory});
  CHECK(below_root(host, file_for_script(host.context(), options)) == "/etc/dnsmasq.d/nss-leases.conf");
  CHECK(below_root(host, file_for_renewals(host.context(), options)) == "/etc/dnsmasq.d/nss-leases.conf");
}

TEST_CASE("a script is added in the first file otherwise, which need not exist yet") {
  const CheckFixture host;
  CHECK(below_root(host, file_for_script(host.context(), options_with(host, {}))) == "/etc/dnsmasq.conf");
  const auto filtered = options_with(host, {"-7", host.context().dnsmasq_directory + ",*.lan"});
  CHECK(below_root(host, file_for_script(host.context(), filtered)) == "/etc/dnsmasq.conf");
}

TEST_CASE("a device cannot have lines, so there is no command") {
  const CheckFixture host;
  const auto options = options_with(host, {"-C", "/dev/null"});
  CHECK(file_for_script(host.context(), options).empty());
  CHECK(adding_script(host.context(), options).empty());
  CHECK(adding_renewals(host.context(), options).empty());
  CHECK(replacing_script(host.context(), options).empty());
}

TEST_CASE("lines are added after a newline, in words that a shell takes as they are") {
  const CheckFixture host;
  const std::string file = host.file("etc/it's.conf", "port=0");
  const auto options = options_with(host, {"-C", file});
  CHECK(below_root(host, adding_renewals(host.context(), options)) ==
        "printf '%s\\n' '' script-on-renewal >> '/etc/it'\\''s.conf'");
  host.file("etc/it's.conf", "port=0\n");
  CHECK(below_root(host, adding_script(host.context(), options)) ==
        "printf '%s\\n' dhcp-script=/usr/libexec/leaseshelper script-on-renewal >> '/etc/it'\\''s.conf'");
}

TEST_CASE("script-on-renewal is not added twice") {
  const CheckFixture host;
  const auto options = options_with(host, {"-C", host.file("etc/a.conf", "leasefile-ro\n")});
  CHECK(below_root(host, adding_script(host.context(), options)) ==
        "printf '%s\\n' dhcp-script=/usr/libexec/leaseshelper >> /etc/a.conf");
}

TEST_CASE("the file with the script gets script-on-renewal, and another script in it is replaced") {
  const CheckFixture host;
  const std::string second = host.file("etc/b.conf", "dhcp-script=/bin/x\n");
  const auto options = options_with(host, {"-C", host.file("etc/a.conf", "conf-file=" + second + "\n")});
  CHECK(below_root(host, file_for_renewals(host.context(), options)) == "/etc/b.conf");
  CHECK(below_root(host, replacing_script(host.context(), options)) ==
        "sed -i --follow-symlinks -E "
        "'s|^[[:space:]]*dhcp-script[[:space:]]*=.*|dhcp-script=/usr/libexec/leaseshelper|' "
        "/etc/b.conf");
}

TEST_SUITE_END();

}  // namespace leases::cli::test
