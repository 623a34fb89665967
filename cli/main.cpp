#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "paths.h"
#include "store/settings.h"
#include "util/log.h"
#include "util/run_main.h"

namespace {

using namespace leases::cli;

/// The command line. Ansible runs an inventory script with nothing but --list or --host NAME, so the name
/// `leasectl-inventory` stands for the verb.
std::vector<std::string> arguments_of(int argc, char** argv) {
  std::vector<std::string> arguments;
  if (argc > 0 && std::string_view(argv[0]).ends_with("leasectl-inventory"))
    arguments = {"export", "ansible"};
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
  return arguments;
}

/// What is wrong with the file of --config. Without this check a missing file would mean the standard
/// directories, and `rebuild` would work on those.
std::string config_problem(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return '\'' + file + "': " + std::strerror(errno);
  return S_ISDIR(status.st_mode) ? '\'' + file + "' is a directory; name a file in it" : std::string();
}

int run(const std::vector<std::string>& arguments, mode_t umask) {
  CommandLine command_line("leasectl shows the DHCP leases that nss-leases knows.", leases::paths::kVersion);
  Command leasectl = command_line.leasectl();
  leasectl.require_command();
  std::string config;
  leasectl.add_option("--config", config, "Another configuration file (also: NSS_LEASES_CONFIG)")
      .validated_by(config_problem)
      .value("FILE");
  std::vector<Verb> verbs;
  verbs.reserve(kVerbs.size());
  for (const auto add_verb : kVerbs) verbs.push_back(add_verb(leasectl));
  if (const auto finish = command_line.parse(arguments)) {
    print(finish->output);
    return finish->code;
  }
  const Invocation invocation{leases::read_settings(leases::settings_path(config)), umask};
  for (const std::string& problem : invocation.settings.problems) leases::log_line(problem);
  const auto chosen = std::ranges::find_if(verbs, &Command::was_chosen, &Verb::command);
  return chosen->run(invocation);
}

}  // namespace

int main(int argc, char** argv) {
  return leases::run_main("leasectl", kFailure,
                          [&](mode_t umask) { return run(arguments_of(argc, argv), umask); });
}
