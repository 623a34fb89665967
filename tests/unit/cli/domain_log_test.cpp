#include "cli/libvirt/domain_log.h"

#include <doctest/doctest.h>

namespace leases::cli::test {

TEST_SUITE_BEGIN("domain_log");

TEST_CASE("the last reason counts, also when QEMU writes after it") {
  CHECK(stop_reason("2026-01-01 10:00:00.000+0000: starting up\n") == "");
  CHECK(stop_reason("2026-01-01 10:00:00.000+0000: shutting down, reason=destroyed\n") == "destroyed");
  CHECK(stop_reason("x: shutting down, reason=destroyed\nx: starting up\nx: shutting down, reason=saved\n"
                    "qemu-system-x86_64: terminating on signal 15\n") == "saved");
  CHECK(stop_reason("x: shutting down, reason=from snapshot") == "from snapshot");
}

TEST_CASE("a domain that keeps its memory keeps its addresses") {
  for (const char* reason : {"shutdown", "destroyed", "crashed"}) CHECK(has_ended_for_good(reason));
  for (const char* reason : {"saved", "migrated", "from snapshot", "failed", "daemon", "unknown", ""})
    CHECK_FALSE(has_ended_for_good(reason));
}

TEST_CASE("a domain without a log") {
  CHECK(log_end_of_domain("no-such-domain-has-a-log").empty());
}

TEST_SUITE_END();

}  // namespace leases::cli::test
