#include "tests/fault/world.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "import/status_parser.h"
#include "paths.h"
#include "store/index_copy.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/writer.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

/// One for each address, so that every client is another one.
std::string hardware_of(const Host& host) {
  const IpAddress address = parse_ip(host.address).value();
  HardwareAddress hardware{1, 6, {}};
  std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(address.size()) - 4, 4,
              hardware.bytes.begin() + 2);
  hardware.bytes[0] = 2;
  return std::string(HardwareText(hardware).view());
}

Call lease_call(const char* action, const Host& host) {
  const bool is_v6 = host.address.find(':') != std::string::npos;
  Call call{{NSS_LEASES_HELPER, action, (is_v6 ? "00:01:" : "") + hardware_of(host), host.address},
            {"DNSMASQ_INTERFACE=" + host.network, "DNSMASQ_LEASE_EXPIRES=" + std::to_string(host.expiry)}};
  if (is_v6) call.environment.emplace_back("DNSMASQ_IAID=7");
  if (!host.domain.empty()) call.environment.push_back("DNSMASQ_DOMAIN=" + host.domain);
  if (!host.name.empty()) call.command.push_back(host.name);
  return call;
}

State joined(const std::multiset<std::string>& lines) {
  State state;
  for (const std::string& line : lines) state += line;
  return state;
}

std::string line_of(const Lease& lease) {
  std::string line(lease.network);
  line.append(" ").append(IpText(lease.address).view()).append(" ").append(lease.hostname);
  line.append(lease.name_refused ? "?" : "").append(" ").append(lease.domain).append(" ");
  return line + std::to_string(lease.expiry.seconds) + '\n';
}

template <typename Counts>
State state_of_files(Counts counts) {
  std::multiset<std::string> lines;
  if (!fs::exists(paths::kStateDirectory)) return {};
  for (const auto& entry : fs::directory_iterator(paths::kStateDirectory)) {
    const std::string name = entry.path().filename();
    if (name.starts_with('.') || !counts(name)) continue;
    const std::string network = name.substr(0, name.find(kStatusSuffix));
    const ParsedFile status = parse_status(read_file(entry.path()), network, {});
    if (!status.damage.empty()) return "damaged: " + entry.path().string() + ' ' + status.damage;
    if (!status.problems.empty())
      return "damaged: " + entry.path().string() + ": " + text_of(status.problems);
    for (const Lease& lease : status.leases) {
      Lease shown = lease;
      shown.name_refused = !lease.hostname.empty() && NamePolicy().refusal(lease.hostname).has_value();
      lines.insert(line_of(shown));
    }
  }
  return joined(lines);
}

}  // namespace

Call add(const Host& host) {
  return lease_call("add", host);
}
Call old(const Host& host) {
  return lease_call("old", host);
}

Call del(const std::string& address, const std::string& network) {
  return {{NSS_LEASES_HELPER, "del", "02:00:00:00:00:01", address}, {"DNSMASQ_INTERFACE=" + network}};
}

Call init(const std::string& network) {
  Call call{{NSS_LEASES_HELPER, "init"}, {}};
  if (!network.empty()) call.environment.push_back("VIR_BRIDGE_NAME=" + network);
  return call;
}

Call rebuild() {
  return {{NSS_LEASES_LEASECTL, "rebuild"}, {}};
}

Call import() {
  return {{NSS_LEASES_LEASECTL, "import"}, {}};
}

State state_of(const std::vector<Host>& hosts) {
  std::multiset<std::string> lines;
  for (const Host& host : hosts) lines.insert(line_of(lease_of(host)));
  return joined(lines);
}

State state_of_status_files() {
  return state_of_files([](const std::string& name) { return name.ends_with(kStatusSuffix); });
}

State state_of_everything_kept() {
  return state_of_files(
      [](const std::string& name) { return name.find(kStatusSuffix) != std::string::npos; });
}

State state_of_index() {
  if (!fs::exists(paths::kIndex)) return "none";
  std::string problem;
  const auto directory = Directory::open_existing(paths::kRuntimeDirectory);
  const auto index = IndexCopy::of(*directory, problem);
  if (!index) return "damaged";
  std::multiset<std::string> lines;
  index->view().for_each_lease([&](const Lease& lease) { lines.insert(line_of(lease)); });
  return joined(lines);
}

Finished run(const Call& call) {
  return run(call.command, call.environment);
}

void make_world(const std::vector<Host>& snapshot, const std::vector<Host>& later) {
  fs::remove(paths::kConfig);
  // A new index may get the old one's inode, and with it the policy of that one; and a writer that finds what
  // a killed one left makes other calls.
  for (const char* name : {"/hosts.policy", "/.hosts.policy.new"})
    fs::remove(paths::kRuntimeDirectory + std::string(name));
  fs::remove_all(paths::kLibvirtDirectory);
  const InstalledStore store;
  store.lease(snapshot);
  store.replace_index();
  store.lease(later);
}

}  // namespace leases::test
