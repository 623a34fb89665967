#include "dnsmasq/options.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/files.h"

namespace leases::test {

namespace {

using Words = std::vector<std::string>;

/// The options of a dnsmasq with these words after its name. It has no default file.
DnsmasqOptions told(const Words& words) {
  Words arguments{"dnsmasq"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return {arguments, "/nonexistent/dnsmasq.conf"};
}

/// A configuration file.
class Configuration {
 public:
  explicit Configuration(std::string_view text) { write_file(path(), text); }
  [[nodiscard]] std::string path() const { return directory_.path_of("conf"); }
  [[nodiscard]] DnsmasqOptions options(Words words = {}) const {
    words.insert(words.begin(), "--conf-file=" + path());
    return told(words);
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

TEST_SUITE_BEGIN("options");

TEST_CASE("renewals are told with either option, wherever it stands") {
  for (const Words& words : {Words{"--script-on-renewal"}, Words{"--leasefile-ro"}, Words{"-9"}, Words{"-k9"},
                             Words{"-9C", "/dev/null"}, Words{"-u", "nobody", "-q9"}}) {
    CAPTURE(words.front());
    CHECK(told(words).reports_renewals());
    CHECK(told(words).renewals_file().empty());
  }
  for (const char* text :
       {"script-on-renewal", "leasefile-ro", "\n  leasefile-ro # x\nport=0", "a\nscript-on-renewal\t"}) {
    CAPTURE(text);
    const Configuration file(text);
    CHECK(file.options().reports_renewals());
    CHECK(file.options().renewals_file() == file.path());
  }
}

TEST_CASE("what only looks like the option is not it") {
  CHECK_FALSE(told({}).reports_renewals());
  // The value of another option, or what stands after all options.
  CHECK_FALSE(told({"-u9"}).reports_renewals());
  CHECK_FALSE(told({"-p9", "9"}).reports_renewals());
  CHECK_FALSE(Configuration("# script-on-renewal\nscript-on-renewals\nlog-dhcp=leasefile-ro")
                  .options()
                  .reports_renewals());
}

TEST_CASE("a file counts for more than the command line, the first of each for more than a later one") {
  const Configuration file("dhcp-script=/of/file\n");
  CHECK(told({"--dhcp-script=/a"}).script() == "/a");
  CHECK(told({"--dhcp-script=/a"}).script_file().empty());
  for (const DnsmasqOptions& options :
       {file.options({"--dhcp-script=/a"}), told({"-6", "/a", "-C", file.path()})}) {
    CHECK(options.script() == "/of/file");
    CHECK(options.script_file() == file.path());
  }
  CHECK(Configuration("dhcp-script=/1\ndhcp-script=/2").options().script() == "/1");
  CHECK(Configuration("dhcp-leasefile=\"/x\"").options({"-l", "/y"}).lease_file() == "/x");
  CHECK(Configuration("dhcp-scriptuser=u").options({"--dhcp-scriptuser", "v"}).script_user() == "u");
}

TEST_CASE("what cannot be known is told") {
  for (const Words& words :
       {Words{"--conf-script=/bin/x"}, Words{"--conf-script", "/bin/x"}, Words{"-C", "relative"},
        Words{"-7", "relative"}, Words{"-C", "/nonexistent/file"}}) {
    CAPTURE(words.front());
    CHECK(told(words).unread().size() == 1);
  }
  CHECK(told({"-C", "/dev/null", "--conf-file", "x"}).unread().empty());
}

TEST_CASE("whether a file of a directory would be read is for its endings to say") {
  CHECK(told({"-7", "/etc/dnsmasq.d/"}).would_read("/etc/dnsmasq.d", "x.conf"));
  CHECK(told({"-7", "/etc/dnsmasq.d,*.conf"}).would_read("/etc/dnsmasq.d", "x.conf"));
  CHECK_FALSE(told({"-7", "/etc/dnsmasq.d,.conf"}).would_read("/etc/dnsmasq.d", "x.conf"));
  CHECK_FALSE(told({"-7", "/etc/dnsmasq.d,*.cnf"}).would_read("/etc/dnsmasq.d", "x.conf"));
  CHECK_FALSE(told({}).would_read("/etc/dnsmasq.d", "x.conf"));
}

TEST_CASE("the number of leases that it takes is the file's, or 1000") {
  CHECK(told({}).lease_limit() == "1000");
  CHECK(told({"-X", "5"}).lease_limit() == "5");
  CHECK(told({"--dhcp-lease-max", "6"}).lease_limit() == "6");
  const Configuration configuration("dhcp-lease-max = 7\n");
  CHECK(configuration.options({"-X5"}).lease_limit() == "7");
  CHECK(configuration.options().lease_limit_file() == configuration.path());
}

TEST_SUITE_END();

}  // namespace leases::test
