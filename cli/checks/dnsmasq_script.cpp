#include "cli/checks/dnsmasq_script.h"

#include <filesystem>
#include <system_error>

#include "util/regular_file.h"

namespace leases::cli {

ScriptKind kind_of(const CheckContext& context, const std::string& script) {
  std::error_code error;
  if (script == context.helper || std::filesystem::equivalent(script, context.helper, error))
    return ScriptKind::helper;
  const RegularFile file = read_regular_file(script);
  if (file.state == RegularFile::State::absent) return ScriptKind::missing;
  return file.text.find(context.helper) != std::string::npos ? ScriptKind::runs_helper : ScriptKind::other;
}

DnsmasqOptions options_in_files(const CheckContext& context) {
  return {{"dnsmasq", "-7", context.dnsmasq_directory + ",.dpkg-dist,.dpkg-old,.dpkg-new"},
          context.dnsmasq_file};
}

}  // namespace leases::cli
