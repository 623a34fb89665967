#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/libvirt/domain_cards.h"
#include "cli/libvirt/domain_log.h"
#include "cli/libvirt/hook_switch.h"
#include "cli/names/lease_query.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/release/lease_release.h"
#include "cli/release/release_request.h"
#include "cli/verbs/verbs.h"
#include "paths.h"
#include "store/index_reader.h"
#include "util/error.h"
#include "util/local_subnets.h"
#include "util/log.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// libvirt waits for the hook.
constexpr std::chrono::seconds kHookPatience(2);

/// Of the system's libvirt.
constexpr const char* kDomainLogs = "/var/log/libvirt/qemu";
constexpr const char* kNetworkStates = "/run/libvirt/network";

HookSwitch the_hook() {
  return {"/etc/libvirt/hooks/qemu.d", paths::kLeasectl};
}

const char* name_of(HookInPlace hook) {
  switch (hook) {
    case HookInPlace::ours:
      return "nss-leases";
    case HookInPlace::other:
      return "other";
    case HookInPlace::nothing:
      break;
  }
  return "none";
}

int switch_hook_on() {
  require_root("libvirt-hook on");
  if (const std::string missing = missing_release_program(); !missing.empty()) throw Error(missing);
  const HookSwitch hook = the_hook();
  hook.on();
  print(hook.place() +
        " ends the leases of each domain that stops.\nIf libvirt had no hook before, its daemon has to be "
        "restarted once: systemctl restart libvirtd, or virtqemud. Domains go on.\n");
  return kFound;
}

int switch_hook_off() {
  require_root("libvirt-hook off");
  the_hook().off();
  print("Leases of domains that stop last until they expire.\n");
  return kFound;
}

/// Why a hook that is in place ends no lease, and what to do; empty if it does.
std::string problem_of(const HookSwitch& hook) {
  if (const std::string fault = hook.fault(); !fault.empty()) return hook.place() + ' ' + fault;
  return missing_release_program();
}

int hook_status(bool json) {
  const HookSwitch hook = the_hook();
  const HookInPlace in_place = hook.in_place();
  const std::string problem = in_place == HookInPlace::ours ? problem_of(hook) : std::string();
  if (json) {
    nlohmann::ordered_json object;
    object["path"] = hook.place();
    object["hook"] = name_of(in_place);
    if (!problem.empty()) object["problem"] = problem;
    print(json_text(object, 2) + '\n');
  } else if (!problem.empty()) {
    print("no lease ends with its domain: " + problem + '\n');
  } else if (in_place == HookInPlace::other) {
    print(hook.place() + " was not written by 'leasectl libvirt-hook on'\n");
  } else {
    print(hook.place() + (in_place == HookInPlace::ours ? " ends the leases of each domain that stops\n"
                                                        : " does not exist\n"));
  }
  return in_place == HookInPlace::ours && problem.empty() ? kFound : kNotFound;
}

/// The leases of a card. Another domain on another bridge may have a card with the same address.
std::vector<Lease> leases_of_card(const IndexReader& reader, const DomainCard& card,
                                  const LocalSubnets& subnets) {
  std::vector<Lease> leases = leases_of_hardware(reader, card.hardware);
  std::erase_if(leases, [&](const Lease& lease) {
    return lease.network != card.bridge && subnets.interface_of(lease.address) != card.bridge;
  });
  return leases;
}

/// Adds the leases of a domain's cards. False, with a message, if a network's bridge cannot be found out,
/// which does not keep the other cards.
bool add_leases_of_domain(const std::string& xml, const IndexReader& reader, std::vector<Lease>& leases) {
  bool all_known = true;
  const auto bridge_of = [&](const std::string& network) {
    try {
      return bridge_of_network(kNetworkStates, network);
    } catch (const Error& error) {
      log_line(std::string(error.what()) + "; leases of this network last until they expire");
      all_known = false;
      return std::string();
    }
  };
  const LocalSubnets subnets;
  for (const DomainCard& card : cards_of_domain(xml, bridge_of))
    std::ranges::move(leases_of_card(reader, card, subnets), std::back_inserter(leases));
  return all_known;
}

/// A lease that cannot be released does not keep the others, which end together.
bool release_all(const Settings& settings, std::vector<Lease> leases, const std::vector<Lease>& present) {
  const LocalSubnets subnets;
  const std::size_t count = std::erase_if(leases, [&](const Lease& lease) {
    try {
      static_cast<void>(release_request(lease, subnets, present));
      return false;
    } catch (const Error& error) {
      log_line(error.what());
      return true;
    }
  });
  return release_leases(settings, leases, present, kHookPatience).empty() && count == 0;
}

std::string log_end(const std::string& domain) {
  try {
    return log_end_of_domain(kDomainLogs, domain);
  } catch (const Error& error) {
    throw error.with_advice("without it nobody knows why " + printable(domain) +
                            " stopped, so its leases last until they expire");
  }
}

/// What libvirt's hook runs when a domain has stopped, with its XML as standard input.
int run_hook(const Settings& settings, const std::string& domain) {
  const std::string log = log_end(domain);
  const std::string_view reason = stop_reason(log);
  if (reason.empty()) {
    log_line("libvirt's log of " + printable(domain) +
             " does not say why it stopped, so its leases last until they expire");
    return kNotFound;
  }
  if (!has_ended_for_good(reason)) return kFound;
  const std::string xml(std::istreambuf_iterator<char>(std::cin), {});
  const IndexReader reader(settings);
  std::vector<Lease> leases;
  const bool all_known = add_leases_of_domain(xml, reader, leases);
  return release_all(settings, leases, reader.live_leases()) && all_known ? kFound : kNotFound;
}

}  // namespace

Verb libvirt_hook_verb(Command leasectl) {
  Command command = leasectl.add_command("libvirt-hook", "End the leases of each libvirt domain that stops");
  command.require_command();
  const Command on = command.add_command("on", "Have libvirt end the leases of domains that stop (as root)");
  const Command off = command.add_command("off", "Leave these leases until they expire (as root)");
  Command shown = command.add_command("status", "Whether it is on: exit status 0, else 1");
  auto json = std::make_shared<bool>(false);
  shown.add_flag("--json", *json, "Print a JSON object");
  Command run = command.add_command("run", "What libvirt runs: the domain's XML is standard input");
  auto domain = std::make_shared<std::string>();
  run.add_option("DOMAIN", *domain, "The name of the domain that has stopped").required();
  return {command, [=](const Invocation& invocation) {
            if (on.was_chosen()) return switch_hook_on();
            if (off.was_chosen()) return switch_hook_off();
            return run.was_chosen() ? run_hook(invocation.settings, *domain) : hook_status(*json);
          }};
}

}  // namespace leases::cli
