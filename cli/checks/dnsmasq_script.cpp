#include "cli/checks/dnsmasq_script.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/checks/remedy.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

ScriptKind kind_of(const CheckContext& context, const std::string& script) {
  std::error_code error;
  if (script == context.helper || std::filesystem::equivalent(script, context.helper, error))
    return ScriptKind::helper;
  const RegularFile file = read_regular_file(script);
  if (file.state == RegularFile::State::absent) return ScriptKind::missing;
  return file.text.find(context.helper) != std::string::npos ? ScriptKind::runs_helper : ScriptKind::other;
}

std::vector<std::string> arguments_of_service(const CheckContext& context) {
  const RegularFile defaults = read_regular_file(context.dnsmasq_defaults);
  if (defaults.read()) {
    std::string directory;
    for (const std::string_view line : lines_of(defaults.text)) {
      constexpr std::string_view kKey = "CONFIG_DIR=";
      if (line.starts_with(kKey)) directory = trimmed(line.substr(kKey.size()));
    }
    std::erase_if(directory, [](char c) { return c == '"' || c == '\''; });
    return directory.empty() ? std::vector<std::string>() : std::vector<std::string>{"-7", directory};
  }
  // Other systems' services have no such option: their main file names the directory.
  if (read_regular_file(context.dnsmasq_file).read()) return {};
  return {"-7", context.dnsmasq_directory + ",.dpkg-dist,.dpkg-old,.dpkg-new"};
}

std::string wrong_with_service(const CheckContext& context) {
  std::error_code error;
  const auto exists = [&](const std::string& path) { return std::filesystem::exists(path, error); };
  if (!exists(context.dnsmasq_program)) return "there is no " + context.dnsmasq_program;
  return std::ranges::any_of(context.dnsmasq_units, exists) ? "" : "the system has no service of its name";
}

std::string restarting_service(const CheckContext& context) {
  std::error_code error;
  const bool has_script = std::ranges::any_of(context.dnsmasq_units, [&](const std::string& unit) {
    return !unit.ends_with(".service") && std::filesystem::exists(unit, error);
  });
  return has_script && !std::filesystem::exists(context.systemd, error) ? "service dnsmasq restart"
                                                                        : kRestartDnsmasq;
}

DnsmasqOptions options_in_files(const CheckContext& context) {
  std::vector<std::string> arguments = arguments_of_service(context);
  arguments.insert(arguments.begin(), "dnsmasq");
  return {arguments, context.dnsmasq_file};
}

}  // namespace leases::cli
