#include <unistd.h>

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/checks/checks.h"
#include "cli/command_line/exit_code.h"
#include "cli/command_line/root_only.h"
#include "cli/libvirt/helper_switch.h"
#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "paths.h"
#include "util/log.h"

namespace leases::cli {

namespace {

HelperSwitch the_switch() {
  return {paths::kLibvirtHelper, paths::kHelper};
}

const char* name_of(HelperInPlace helper) {
  switch (helper) {
    case HelperInPlace::ours:
      return "nss-leases";
    case HelperInPlace::libvirt:
      return "libvirt";
    case HelperInPlace::nothing:
      break;
  }
  return "none";
}

bool can_be_run(const HelperSwitch& helper) {
  return ::access(helper.ours().c_str(), X_OK) == 0;
}

std::string sentence(const HelperSwitch& helper) {
  switch (helper.in_place()) {
    case HelperInPlace::ours:
      if (!can_be_run(helper))
        return "is a link to " + helper.ours() +
               ", which does not exist, so libvirt cannot start a network; run: leasectl libvirt-helper off";
      return "is the helper of nss-leases, " + helper.ours();
    case HelperInPlace::libvirt:
      return "is libvirt's own";
    case HelperInPlace::nothing:
      break;
  }
  return "does not exist: libvirt's daemon is not installed";
}

/// An enforced profile of dnsmasq allows only libvirt's helper.
void warn_of_apparmor(const Settings& settings) {
  for (const Finding& finding : check_apparmor(CheckContext{settings, {}})) {
    if (finding.severity != Severity::problem) continue;
    log_line(finding.text + "; to fix it: " + finding.remedy);
  }
}

int switch_on(const Settings& settings) {
  require_root("libvirt-helper on");
  const HelperSwitch helper = the_switch();
  helper.on();
  print(helper.place() + ' ' + sentence(helper) +
        ".\nNo restart is needed: it takes effect at the next event of each network.\n");
  warn_of_apparmor(settings);
  return kFound;
}

int switch_off() {
  require_root("libvirt-helper off");
  const HelperSwitch helper = the_switch();
  helper.off();
  print(helper.place() + ' ' + sentence(helper) + ".\n");
  return kFound;
}

int status(bool json) {
  const HelperSwitch helper = the_switch();
  const HelperInPlace in_place = helper.in_place();
  if (json) {
    nlohmann::ordered_json object;
    object["path"] = helper.place();
    object["helper"] = name_of(in_place);
    print(json_text(object, 2) + '\n');
  } else {
    print(helper.place() + ' ' + sentence(helper) + '\n');
  }
  return in_place == HelperInPlace::ours && can_be_run(helper) ? kFound : kNotFound;
}

}  // namespace

Verb libvirt_helper_verb(Command leasectl) {
  Command command =
      leasectl.add_command("libvirt-helper", "Our helper in the place of libvirt's, or libvirt's back");
  command.require_command();
  const Command on = command.add_command("on", "Make libvirt's networks run our helper (as root)");
  const Command off = command.add_command("off", "Make libvirt's networks run libvirt's again (as root)");
  Command shown = command.add_command("status", "Which helper is in place: exit status 0 for ours, else 1");
  auto json = std::make_shared<bool>(false);
  shown.add_flag("--json", *json, "Print a JSON object");
  return {command, [on, off, json](const Invocation& invocation) {
            if (on.was_chosen()) return switch_on(invocation.settings);
            return off.was_chosen() ? switch_off() : status(*json);
          }};
}

}  // namespace leases::cli
