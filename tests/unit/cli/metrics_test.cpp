#include "tests/unit/cli/export_fixture.h"

namespace leases::cli::test {

TEST_SUITE_BEGIN("metrics");

TEST_CASE("each network has its numbers, and a number that it does not have is left out") {
  NetworkSummary br0;
  br0.network = "br0";
  br0.v4 = 3;
  br0.v6 = 1;
  br0.names = 2;
  br0.next_expiry = ExpiryTime{4102444800};
  br0.last_change = ChangeTime{1'700'000'000'999'999'999};
  NetworkSummary lab;
  lab.network = "lab";
  lab.state = IndexState::stale;
  NetworkSummary hidden;
  hidden.network = "hidden";
  hidden.state = IndexState::unknown;
  const Exported metrics = exported(metrics_format, {{}, {}, {br0, lab, hidden}}, {"metrics"});
  CHECK(metrics.code == kFound);
  CHECK(metrics.text ==
        R"(# HELP nss_leases_active DHCP leases that have not expired.
# TYPE nss_leases_active gauge
nss_leases_active{network="br0",family="ipv4"} 3
nss_leases_active{network="br0",family="ipv6"} 1
nss_leases_active{network="lab",family="ipv4"} 0
nss_leases_active{network="lab",family="ipv6"} 0
nss_leases_active{network="hidden",family="ipv4"} 0
nss_leases_active{network="hidden",family="ipv6"} 0
# HELP nss_leases_names Different host names that can be looked up.
# TYPE nss_leases_names gauge
nss_leases_names{network="br0"} 2
nss_leases_names{network="lab"} 0
nss_leases_names{network="hidden"} 0
# HELP nss_leases_next_expiry_timestamp_seconds When the first lease expires, if any expires.
# TYPE nss_leases_next_expiry_timestamp_seconds gauge
nss_leases_next_expiry_timestamp_seconds{network="br0"} 4102444800
# HELP nss_leases_last_change_timestamp_seconds When the status file that the index knows was written.
# TYPE nss_leases_last_change_timestamp_seconds gauge
nss_leases_last_change_timestamp_seconds{network="br0"} 1700000000
# HELP nss_leases_index_current Whether the index is up to date with the status file.
# TYPE nss_leases_index_current gauge
nss_leases_index_current{network="br0"} 1
nss_leases_index_current{network="lab"} 0
)");
}

TEST_CASE("without a network there are only the heads") {
  const Exported metrics = exported(metrics_format, {}, {"metrics"});
  CHECK(metrics.text.starts_with("# HELP nss_leases_active "));
  CHECK(metrics.text.find('{') == std::string::npos);
}

TEST_SUITE_END();

}  // namespace leases::cli::test
