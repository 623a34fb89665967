#include "cli/libvirt/hook_switch.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "util/error.h"
#include "util/output_file.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

/// What is before the path of leasectl in our hook.
constexpr std::string_view kOurs =
    "#!/bin/sh\n"
    "# Written by 'leasectl libvirt-hook on'; 'leasectl libvirt-hook off' removes it.\n";

/// libvirt refuses to start a domain if a hook fails, so this one does nothing for all other events, nor
/// without its program. A domain's name may begin with a dash.
std::string hook_text(const std::string& program) {
  return std::string(kOurs) + "if [ \"$2\" = stopped ] && [ -x " + program + " ]; then\n    exec " + program +
         " libvirt-hook run -- \"$1\"\nfi\n";
}

}  // namespace

HookSwitch::HookSwitch(std::string directory, std::string program)
    : directory_(std::move(directory)), place_(directory_ + "/nss-leases"), program_(std::move(program)) {}

HookInPlace HookSwitch::in_place() const {
  const RegularFile file = read_regular_file(place_);
  if (file.state == RegularFile::State::absent) return HookInPlace::nothing;
  if (!file.read() && is_denial(file.error)) throw errno_error(place_, "cannot be read", file.error);
  return file.read() && file.text.starts_with(kOurs) ? HookInPlace::ours : HookInPlace::other;
}

std::string HookSwitch::fault() const {
  constexpr const char* kRepair = "; run: leasectl libvirt-hook on";
  if (::access(program_.c_str(), X_OK) != 0)
    return "runs " + program_ + ", which cannot be run; run: leasectl libvirt-hook off";
  const RegularFile file = read_regular_file(place_);
  if (!file.read()) return file.problem() + kRepair;
  // Another leasectl may have written it, with its own path.
  if (file.text != hook_text(program_)) return "is not the hook of " + program_ + kRepair;
  constexpr mode_t kExecutable = S_IXUSR | S_IXGRP | S_IXOTH;
  if ((file.status.st_mode & kExecutable) == 0)
    return std::string("is not executable, so libvirt does not run it") + kRepair;
  return {};
}

void HookSwitch::on() const {
  require_not_other();
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) throw errno_error(directory_, "cannot be created", error.value());
  replace_file(place_, hook_text(program_), 0755);
}

void HookSwitch::off() const {
  require_not_other();
  if (::unlink(place_.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR)
    throw errno_error(place_, "cannot be removed", errno);
}

void HookSwitch::require_not_other() const {
  if (in_place() == HookInPlace::other)
    throw Error(place_ + ": was not written by 'leasectl libvirt-hook on'; move it away first");
}

}  // namespace leases::cli
