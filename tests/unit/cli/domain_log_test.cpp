#include "cli/libvirt/domain_log.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "util/error.h"

namespace leases::cli::test {

using namespace leases::test;

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

TEST_CASE("of a long log the end is read") {
  const TemporaryDirectory directory;
  const std::string line = "qemu-system-x86_64: warning: nothing of interest\n";
  std::string text = "x: shutting down, reason=destroyed\n";
  write_file(directory.path_of("short.log"), text);
  CHECK(log_end_of_domain(directory.path(), "short") == text);
  while (text.size() < 200'000) text += line;
  write_file(directory.path_of("long.log"), text);
  CHECK(log_end_of_domain(directory.path(), "long") == text.substr(text.size() - 65'536));
  CHECK(stop_reason(log_end_of_domain(directory.path(), "long")).empty());
  write_file(directory.path_of("long.log"), text + "x: shutting down, reason=crashed\n" + line);
  CHECK(stop_reason(log_end_of_domain(directory.path(), "long")) == "crashed");
}

TEST_CASE("a log that cannot be read is an error that names it") {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("vm1.log");
  const auto read = [&] { return log_end_of_domain(directory.path(), "vm1"); };
  CHECK_THROWS_WITH_AS(read(), (path + ": cannot be read: No such file or directory").c_str(), Error);
  std::filesystem::create_directory(path);
  CHECK_THROWS_WITH_AS(read(), (path + ": cannot be read: Is a directory").c_str(), Error);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
