#include "cli/checks/kernel_log.h"

#include <doctest/doctest.h>

#include <string>

namespace leases::cli::test {

namespace {

const std::string kText = "apparmor=\"DENIED\" operation=\"open\" name=\"/run/nss-leases/hosts.idx\"";

}  // namespace

TEST_SUITE_BEGIN("kernel_log");

TEST_CASE("the latest denial of our files is found, with its time") {
  const std::string log =
      "6,1,1000000,-;audit: apparmor=\"DENIED\" name=\"/var/lib/nss-leases\"\n6,2,5140900,-;audit: " + kText +
      "\n6,3,9000000,-;usb 1-1: new device\n";
  const auto denial = latest_denial(log);
  REQUIRE(denial);
  CHECK(denial->text == kText);
  CHECK(denial->seconds == 5);
}

TEST_CASE("a record without a time has none") {
  for (const std::string head : {"", "6,1", "6,1,", "6,1,x,-;"}) {
    CAPTURE(head);
    const std::string log = head + kText;
    const auto denial = latest_denial(log);
    REQUIRE(denial);
    CHECK(denial->text == kText);
    CHECK_FALSE(denial->seconds);
  }
}

TEST_CASE("what is allowed, or is denied to others, is not ours") {
  CHECK_FALSE(latest_denial(""));
  CHECK_FALSE(latest_denial("6,1,1,-;apparmor=\"ALLOWED\" name=\"/run/nss-leases/hosts.idx\"\n"));
  CHECK_FALSE(latest_denial("6,1,1,-;apparmor=\"DENIED\" name=\"/etc/shadow\"\n"));
}

TEST_CASE("a denial is over when its profile has other rules, or is gone") {
  const std::string ping = "6,1,1000000,-;" + kText + " profile=\"ping\"\n";
  const std::string ssh = "6,2,2000000,-;" + kText + " profile=\"ssh\"\n";
  const auto status = [](const std::string& rest) {
    return "5,3,3000000,-;audit: apparmor=\"STATUS\" operation=" + rest + " comm=\"apparmor_parser\"\n";
  };
  const std::string replaced = status(R"("profile_replace" profile="unconfined" name="ping")");
  CHECK_FALSE(latest_denial(ping + replaced));
  CHECK_FALSE(latest_denial(ping + status(R"("profile_remove" profile="unconfined" name="ping")")));
  CHECK(latest_denial(ping + ssh + replaced)->seconds == 2);
  CHECK(latest_denial(ssh + ping + replaced)->seconds == 2);
  CHECK(latest_denial(replaced + ping));
  CHECK(latest_denial(ping + status(R"("profile_replace" profile="unconfined" name="other")")));
  CHECK(latest_denial(ping +
                      status(R"("profile_replace" info="same as current profile, skipping" name="ping")")));
}

TEST_SUITE_END();

}  // namespace leases::cli::test
