#include "cli/checks/dnsmasq_instances.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "dnsmasq/process.h"
#include "store/network_name.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// By what the helper tells a dnsmasq from others when it starts.
struct Instance {
  const Server* server;
  std::string network;            ///< that it asks for; empty: none
  std::string key;                ///< options_key()
  std::string network_namespace;  ///< network_namespace()
};

bool is_alike(const Instance& a, const Instance& b) {
  // A namespace without a name is not known again after a boot, when none of them runs any more.
  const bool is_elsewhere = is_named_namespace(a.network_namespace) &&
                            is_named_namespace(b.network_namespace) &&
                            a.network_namespace != b.network_namespace;
  return a.network == b.network && (!a.network.empty() || (a.key == b.key && !is_elsewhere));
}

/// The value of NSS_LEASES_NETWORK, as the helper takes it: empty if it cannot be the name of a network.
std::string network_in(std::string_view environment) {
  constexpr std::string_view kVariable = "NSS_LEASES_NETWORK=";
  while (!environment.empty()) {
    const std::string_view variable = take_until('\0', environment);
    if (!variable.starts_with(kVariable)) continue;
    const std::string_view network = variable.substr(kVariable.size());
    return std::string(is_network_name(network) ? network : "");
  }
  return {};
}

/// Nothing if this user may not see its environment.
std::optional<Instance> instance_of(const CheckContext& context, const Server& server) {
  const std::string process = context.proc + '/' + std::to_string(server.process.id);
  const RegularFile environment = read_regular_file(process + "/environ");
  if (!environment.read()) return {};
  return Instance{&server, network_in(environment.text), options_key(server.process.id, context.proc),
                  network_namespace(process, context.network_namespaces)};
}

/// Takes out the first, and what is alike to it or to another that is taken out.
std::vector<Instance> take_alike(std::vector<Instance>& instances) {
  std::vector<Instance> alike{instances.front()};
  std::vector<Instance> rest(instances.begin() + 1, instances.end());
  for (std::size_t i = 0; i < alike.size(); ++i) {
    std::vector<Instance> others;
    for (const Instance& instance : rest) (is_alike(alike[i], instance) ? alike : others).push_back(instance);
    rest = std::move(others);
  }
  instances = std::move(rest);
  return alike;
}

/// "a, b and c".
std::string names_of(const std::vector<Instance>& instances) {
  std::string names;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    if (i > 0) names += i + 1 < instances.size() ? ", " : " and ";
    names += instances[i].server->name();
  }
  return names;
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
  const auto nameless =
      std::ranges::find_if(instances, [](const Instance& instance) { return instance.network.empty(); });
  const std::string name = nameless == instances.end() ? std::string() : nameless->server->name();
  bool any_alike = false;
  while (!instances.empty()) {
    const std::vector<Instance> alike = take_alike(instances);
    if (alike.size() < 2) continue;
    any_alike = true;
    findings.problem(names_of(alike) +
                         " have leasefile-ro, and the helper cannot tell them apart: at a start each may "
                         "be given another's leases; give each an NSS_LEASES_NETWORK of its own",
                     LookAt{"man leaseshelper"});
  }
  if (!any_alike && !name.empty())
    findings.unknown(name +
                     " has leasefile-ro, as another has, but no NSS_LEASES_NETWORK; set one, or at its first "
                     "start it may get the leases of a stopped dnsmasq");
}

}  // namespace leases::cli
