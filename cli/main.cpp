#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command_line.h"
#include "cli/command_line/exit_code.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/completion.h"
#include "cli/verbs/verbs.h"
#include "paths.h"
#include "store/settings.h"
#include "util/log.h"
#include "util/run_main.h"
#include "util/words.h"

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

/// The settings' own message is for whoever runs the helper, which is not who runs this.
void report_problems(const leases::Settings& settings) {
  if (::access(settings.path.c_str(), R_OK) != 0 && errno == EACCES) {
    leases::log_line(settings.path + ": cannot be read: " + std::strerror(EACCES) +
                     "; every user has to read it; run as root: chmod a+r " +
                     leases::shell_word(settings.path));
    return;
  }
  for (const std::string& problem : settings.problems) leases::log_line(problem);
}

/// What may stand in place of the last word of a command line, for the completion of the shells.
std::string completion(const CommandLine& command_line, const std::vector<std::string>& words) {
  const Expected expected = command_line.expected(words);
  const auto config = expected.given.find("--config");
  const std::string file = config == expected.given.end() ? std::string() : config->second.back();
  return completion_of(expected, leases::read_settings(leases::settings_path(file)));
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
  command_line.add_help_command();
  if (!arguments.empty() && arguments.front() == kCompletion) {
    print(completion(command_line, {arguments.begin() + 1, arguments.end()}));
    return kFound;
  }
  if (const auto finish = command_line.parse(arguments)) {
    print(finish->output);
    return finish->code;
  }
  const Invocation invocation{leases::read_settings(leases::settings_path(config)), umask};
  report_problems(invocation.settings);
  const auto chosen = std::ranges::find_if(verbs, &Command::was_chosen, &Verb::command);
  return chosen->run(invocation);
}

}  // namespace

int main(int argc, char** argv) {
  return leases::run_main("leasectl", kFailure,
                          [&](mode_t umask) { return run(arguments_of(argc, argv), umask); });
}
