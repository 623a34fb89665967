#include "cli/checks/dnsmasq_instances.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dnsmasq/process.h"
#include "util/file.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

/// By what the helper tells a dnsmasq from others when it starts.
struct Instance {
  const Server& server;
  std::string network;  ///< that it asks for; empty: none
  std::string key;      ///< options_key()
  std::optional<struct stat> network_namespace{};
};

bool is_alike(const Instance& a, const Instance& b) {
  const bool is_elsewhere =
      a.network_namespace && b.network_namespace && !is_same_file(*a.network_namespace, *b.network_namespace);
  return a.network == b.network && (!a.network.empty() || (a.key == b.key && !is_elsewhere));
}

/// Nothing if this user may not see its environment.
std::optional<Instance> instance_of(const CheckContext& context, const Server& server) {
  constexpr std::string_view kVariable = "NSS_LEASES_NETWORK=";
  const std::string process = context.proc + '/' + std::to_string(server.process.id);
  const RegularFile environment = read_regular_file(process + "/environ");
  if (!environment.read()) return {};
  Instance instance{server, {}, options_key(server.process.id, context.proc)};
  for (std::string_view rest = environment.text; !rest.empty();) {
    const std::string_view variable = rest.substr(0, rest.find('\0'));
    if (variable.starts_with(kVariable)) instance.network = variable.substr(kVariable.size());
    rest.remove_prefix(std::min(variable.size() + 1, rest.size()));
  }
  struct stat status {};
  if (::stat((process + "/ns/net").c_str(), &status) == 0) instance.network_namespace = status;
  return instance;
}

}  // namespace

void check_instances(const CheckContext& context, const std::vector<const Server*>& running,
                     Findings& findings) {
  std::vector<Instance> instances;
  for (const Server* server : running) {
    if (!server->options.leases_are_with_script()) continue;
    if (auto instance = instance_of(context, *server)) instances.push_back(*std::move(instance));
  }
  if (instances.size() < 2) return;
  bool any_alike = false;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    for (std::size_t j = i + 1; j < instances.size(); ++j) {
      if (!is_alike(instances[i], instances[j])) continue;
      any_alike = true;
      findings.problem(instances[i].server.name() + " and " + instances[j].server.name() +
                           " have leasefile-ro, and the helper cannot tell them apart: at a start each may "
                           "be given the other's leases; give each an NSS_LEASES_NETWORK of its own",
                       LookAt{"man leaseshelper"});
    }
  }
  const auto nameless =
      std::ranges::find_if(instances, [](const Instance& instance) { return instance.network.empty(); });
  if (!any_alike && nameless != instances.end())
    findings.unknown(nameless->server.name() +
                     " has leasefile-ro, as another has, and no NSS_LEASES_NETWORK: at a first start it may "
                     "be given the leases of one that is stopped (man leaseshelper)");
}

}  // namespace leases::cli
