#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"

// CLI11 reads the command line. Its headers take seconds to compile and to check, so only one file has them.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace leases::cli {

/// An option, or an argument without a name. As long as there is its CommandLine; a copy is the same option.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// What the help calls the value, like "FILE".
  Option value(const std::string& name);
  /// It has to be given.
  Option required();
  /// It takes one value, and can be given again for another one. Else a list takes all words that follow.
  Option repeated();
  /// Only together with the other one.
  Option needs(Option other);
  /// Only without the other one.
  Option excludes(Option other);
  /// A number, from the least to the greatest.
  Option range(std::int64_t least, std::int64_t greatest);
  /// One of these words.
  Option one_of(const std::vector<std::string>& words);
  /// What `judge` accepts. It may change the value, and returns what is wrong with it: if nothing is, "".
  Option validated_by(const std::function<std::string(std::string&)>& judge);

 private:
  CLI::Option* option_;
};

/// A verb, or what has verbs. As long as there is its CommandLine; a copy is the same command.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command add_command(const std::string& name, const std::string& help);
  /// One of the commands that were added has to be given.
  void require_command();
  /// What is given ends up in the variable, which has to be there still when the command line is parsed.
  /// A name without dashes is that of an argument.
  Option add_flag(const std::string& name, bool& variable, const std::string& help);
  Option add_option(const std::string& name, std::string& variable, const std::string& help);
  Option add_option(const std::string& name, std::vector<std::string>& variable, const std::string& help);
  Option add_option(const std::string& name, std::uint16_t& variable, const std::string& help);
  Option add_option(const std::string& name, std::uint32_t& variable, const std::string& help);
  Option add_option(const std::string& name, std::size_t& variable, const std::string& help);
  /// A time, given as 100ms, 90s, 5m, 1h or a number of seconds. In seconds.
  Option add_time(const std::string& name, std::optional<double>& variable, const std::string& help);

  /// Whether it is the one that was given.
  [[nodiscard]] bool was_chosen() const;

 private:
  CLI::App* app_;
};

/// All that leasectl can be called with.
class CommandLine {
 public:
  /// With the options --help and --version.
  CommandLine(const std::string& help, const std::string& version);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// The command without a verb. What options it has are those of its verbs, too.
  [[nodiscard]] Command leasectl() const;
  /// Fills in the variables of the command that is meant. If there is nothing to run, an exit code: then what
  /// was asked for, or what is wrong, has been printed. Throws Error if it could not be.
  [[nodiscard]] std::optional<ExitCode> parse(const std::vector<std::string>& arguments);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace leases::cli
