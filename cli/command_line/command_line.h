#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line/exit_code.h"
#include "cli/command_line/expected.h"
#include "common/address.h"

// CLI11 parses the command line. Its headers take seconds to compile and to check, so only two files include
// them.
namespace CLI {
class App;
class Option;
class ParseError;
}  // namespace CLI

namespace leases::cli {

/// An option, or an argument without a name. Valid while its CommandLine lives; a copy is the same option.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  /// Sets the name of the value in the help, like "FILE". Several kinds of value, and fixed words in lower
  /// case, have a '|' between them; completion goes by this.
  Option value(const std::string& name);
  /// It must be given.
  Option required();
  /// It may be given only together with the other one.
  Option needs(Option other);
  /// It may be given only without the other one.
  Option excludes(Option other);
  /// It takes a decimal number from `least` to `greatest`.
  Option range(std::int64_t least, std::int64_t greatest);
  /// It takes one of these words, which are the name of the value until value() gives another.
  Option one_of(const std::vector<std::string>& words);
  /// It takes a value for which `check` returns "". Otherwise `check` returns what is wrong with the value,
  /// which it may change.
  Option validated_by(const std::function<std::string(std::string&)>& check);

 private:
  CLI::Option* option_;
};

/// leasectl, a verb, or a part of a verb. Valid while its CommandLine lives; a copy is the same command.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command add_command(const std::string& name, const std::string& help);
  /// One of the commands that were added must be given.
  void require_command();
  /// Parsing puts the value into the variable, which must live until then. A name without dashes is an
  /// argument's. A list takes all words that follow as an argument, and one value each time as an option.
  /// std::size_t is one of the two widest, depending on the machine.
  Option add_flag(const std::string& name, bool& variable, const std::string& help);
  Option add_option(const std::string& name, std::string& variable, const std::string& help);
  Option add_option(const std::string& name, std::vector<std::string>& variable, const std::string& help);
  Option add_option(const std::string& name, std::uint16_t& variable, const std::string& help);
  Option add_option(const std::string& name, std::uint32_t& variable, const std::string& help);
  Option add_option(const std::string& name, std::uint64_t& variable, const std::string& help);
  /// A duration (parse_duration()). The variable gets seconds; a whole number of them is at most `greatest`.
  Option add_time(const std::string& name, std::optional<double>& variable, const std::string& help);
  Option add_time(const std::string& name, std::uint32_t& variable, std::uint32_t greatest,
                  const std::string& help);

  /// v4, v6, ipv4 or ipv6. With `both`, the word "both" sets that instead.
  Option add_family(const std::string& name, std::optional<Family>& variable, const std::string& help,
                    bool* both = nullptr);

  /// Whether the command line has this command.
  [[nodiscard]] bool was_chosen() const;

 private:
  CLI::App* app_;
};

/// The end of a call that has nothing to run.
struct Finish {
  ExitCode code;
  std::string output;  ///< for standard output: the help or the version, if one was asked for
};

/// The command line of leasectl.
class CommandLine {
 public:
  /// With the options --help and --version.
  CommandLine(const std::string& help, const std::string& version);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// The command without a verb. Its options can also follow a verb.
  [[nodiscard]] Command leasectl() const;
  /// Adds the command `help`, which shows the help of another one.
  Command add_help_command();
  /// Fills in the variables of the chosen command. Returns a Finish for --help, `help` and --version, and
  /// after it has reported a wrong command line.
  [[nodiscard]] std::optional<Finish> parse(std::vector<std::string> arguments);
  /// What may stand in place of the last of these words.
  [[nodiscard]] Expected expected(const std::vector<std::string>& words) const;

 private:
  /// `words` are as for_cli11() gives them.
  [[nodiscard]] std::optional<Finish> parse_words(std::vector<std::string> words);
  [[nodiscard]] bool has_moved_options(std::vector<std::string>& words) const;
  [[nodiscard]] Finish explain();
  [[nodiscard]] Finish refuse(const CLI::ParseError& error) const;

  std::unique_ptr<CLI::App> app_;
  CLI::App* help_ = nullptr;
  std::vector<std::string> helped_;  ///< the command whose help is asked for
};

}  // namespace leases::cli
