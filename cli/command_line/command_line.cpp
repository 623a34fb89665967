#include "cli/command_line/command_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/command_line/bracketed_value.h"
#include "cli/command_line/duration.h"
#include "cli/command_line/similar_word.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// Converts a duration to a number of seconds. Returns what is wrong with it, or "".
std::string make_seconds(std::string& text) {
  const auto seconds = parse_duration(text);
  if (!seconds) return "'" + text + "' is not a time like 250ms, 90s, 5m, 1h30m or 1d";
  text = std::to_string(*seconds);
  return {};
}

/// The commands and parts of commands that were given, beginning with leasectl.
std::vector<const CLI::App*> given_commands(const CLI::App& leasectl) {
  std::vector<const CLI::App*> given{&leasectl};
  while (!given.back()->get_subcommands().empty()) given.push_back(given.back()->get_subcommands().front());
  return given;
}

/// The options that may stand after the last of these commands.
std::vector<std::string> options_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> options;
  for (const CLI::App* command : commands) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    }
  }
  return options;
}

std::vector<std::string> commands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* other : command.get_subcommands({})) names.push_back(other->get_name());
  return names;
}

/// "'leasectl' has no command 'lst'; did you mean 'list'? see leasectl --help". `known`: what may have been
/// meant.
std::string refusal(const std::string& command, std::string_view problem, const std::string& word,
                    const std::vector<std::string>& known) {
  std::string text = "'";
  text.append(command).append("' ").append(problem).append(" '").append(word).append("';");
  const std::string meant = similar_word(word.substr(0, word.find('=')), known);
  if (!meant.empty()) text.append(" did you mean '").append(meant).append("'?");
  return text.append(" see ").append(command).append(" --help");
}

constexpr std::string_view kNoCommand = "has no command";

/// What is wrong with a command line that has a word too many, and perhaps lacks another; "" if it has none.
std::string unknown_word(const CLI::App& leasectl) {
  const std::vector<std::string> unknown = leasectl.remaining(true);
  if (unknown.empty()) return {};
  const std::string word = from_cli11(unknown.front());
  const std::vector<const CLI::App*> commands = given_commands(leasectl);
  std::string command;
  for (const CLI::App* app : commands) command += (command.empty() ? "" : " ") + app->get_name();
  if (word.starts_with('-')) return refusal(command, "has no option", word, options_of(commands));
  const std::vector<std::string> parts = commands_of(*commands.back());
  return refusal(command, parts.empty() ? "does not take" : kNoCommand, word, parts);
}

/// The help of an argument would have its name and TEXT.
Option without_type(CLI::Option* option) {
  if (option->get_positional()) option->type_name("");
  return Option(option);
}

}  // namespace

Option Option::value(const std::string& name) {
  option_->type_name(name)->option_text(name);
  return *this;
}

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::needs(Option other) {
  option_->needs(other.option_);
  return *this;
}

Option Option::excludes(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Option Option::range(std::int64_t least, std::int64_t greatest) {
  return validated_by([least, greatest](std::string& text) -> std::string {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || error != std::errc() || number < least || number > greatest) {
      return "'" + text + "' is not a number from " + std::to_string(least) + " to " +
             std::to_string(greatest);
    }
    // CLI11 would read 010 as 8.
    text = std::to_string(number);
    return {};
  });
}

Option Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  std::string choice;
  for (const std::string& word : words) choice += (choice.empty() ? "" : "|") + word;
  return value(choice);
}

Option Option::validated_by(const std::function<std::string(std::string&)>& check) {
  option_->transform(CLI::Validator(check, ""));
  return *this;
}

Command Command::add_command(const std::string& name, const std::string& help) {
  return Command(app_->add_subcommand(name, help));
}

void Command::require_command() {
  app_->require_subcommand(1);
}

Option Command::add_flag(const std::string& name, bool& variable, const std::string& help) {
  return Option(app_->add_flag(name, variable, help));
}

Option Command::add_option(const std::string& name, std::string& variable, const std::string& help) {
  return without_type(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::vector<std::string>& variable,
                           const std::string& help) {
  // Before version 2.5, CLI11 splits [a,b] in two if a list may have more values than it expects. So it is
  // told to expect as many as there can be: any number for an argument, one at a time for an option.
  constexpr int kNoLimit = CLI::detail::expected_max_vector_size;
  const int least = name.starts_with('-') ? 1 : kNoLimit;
  return without_type(
      app_->add_option(name, variable, help)->expected(least, kNoLimit)->take_all()->allow_extra_args(false));
}

Option Command::add_option(const std::string& name, std::uint16_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::uint32_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::uint64_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_time(const std::string& name, std::optional<double>& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help)).validated_by(make_seconds).value("TIME");
}

Option Command::add_time(const std::string& name, std::uint32_t& variable, std::uint32_t greatest,
                         const std::string& help) {
  return Option(app_->add_option(name, variable, help))
      .validated_by([greatest](std::string& text) -> std::string {
        const auto seconds = parse_duration(text);
        if (!seconds || std::trunc(*seconds) != *seconds || *seconds > greatest) {
          return "'" + text + "' is not a time like 90s, 5m or 1h30m, in whole seconds, of at most " +
                 std::to_string(greatest) + "s";
        }
        text = std::to_string(static_cast<std::uint32_t>(*seconds));
        return {};
      })
      .value("TIME");
}

Option Command::add_family(const std::string& name, std::optional<Family>& variable, const std::string& help,
                           bool* both) {
  constexpr const char* kBoth = "both";
  const auto take = [&variable, both](const std::string& word) {
    if (word == kBoth) {
      *both = true;
    } else {
      variable = word.ends_with('4') ? Family::v4 : Family::v6;
    }
  };
  std::vector<std::string> words{"v4", "v6", "ipv4", "ipv6"};
  if (both != nullptr) words.emplace_back(kBoth);
  return Option(app_->add_option_function<std::string>(name, take, help))
      .one_of(words)
      .value(both == nullptr ? "v4|v6" : "v4|v6|both");
}

bool Command::was_chosen() const {
  return app_->parsed();
}

CommandLine::CommandLine(const std::string& help, const std::string& version)
    : app_(std::make_unique<CLI::App>(help, "leasectl")) {
  app_->set_version_flag("--version", "leasectl " + version);
  app_->fallthrough();
}

CommandLine::~CommandLine() = default;

Command CommandLine::leasectl() const {
  return Command(app_.get());
}

Command CommandLine::add_help_command() {
  help_ = app_->add_subcommand("help", "The help of a command");
  Command command(help_);
  command.add_option("COMMAND", helped_, "A command, and a part of it");
  return command;
}

/// `--json list` is `list --json`. True if there are options in front of the command that only it can have;
/// they are behind it then.
bool CommandLine::has_moved_options(std::vector<std::string>& words) const {
  const std::vector<std::string> unknown = app_->remaining(false);
  const auto given = app_->get_subcommands();
  if (given.empty()) return false;
  const auto command = std::ranges::find(words, given.front()->get_name());
  const auto moved = std::stable_partition(words.begin(), command, [&](const std::string& word) {
    return !word.starts_with('-') || std::ranges::find(unknown, word) == unknown.end();
  });
  if (command == words.end() || moved == command) return false;
  std::rotate(moved, command, command + 1);
  return true;
}

/// Finds the command that `help` is to explain.
Finish CommandLine::explain() {
  // Or it would be the help of `help`, which was given.
  app_->clear();
  const CLI::App* explained = app_.get();
  std::string names;
  for (const std::string& word : helped_) {
    names += (names.empty() ? "" : " ") + explained->get_name();
    const std::vector<std::string> parts = commands_of(*explained);
    if (std::ranges::find(parts, word) == parts.end()) {
      log_line(refusal(names, kNoCommand, word, parts));
      return {kUsage, {}};
    }
    explained = explained->get_subcommand(word);
  }
  return {kFound, explained->help(names)};
}

std::optional<Finish> CommandLine::parse(std::vector<std::string> arguments) {
  std::ranges::transform(arguments, arguments.begin(), for_cli11);
  return parse_words(std::move(arguments));
}

std::optional<Finish> CommandLine::parse_words(std::vector<std::string> words) {
  try {
    app_->parse(std::vector<std::string>(words.rbegin(), words.rend()));
    if (help_ == nullptr || !help_->parsed()) return std::nullopt;
    return explain();
  } catch (const CLI::ExtrasError& error) {
    if (has_moved_options(words)) return parse_words(std::move(words));
    return refuse(error);
  } catch (const CLI::RequiredError& error) {
    return refuse(error);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    const bool is_wrong = app_->exit(error, output, std::cerr) != 0;
    return Finish{is_wrong ? kUsage : kFound, output.str()};
  }
}

Finish CommandLine::refuse(const CLI::ParseError& error) const {
  const std::string problem = unknown_word(*app_);
  if (problem.empty()) {
    app_->exit(error);
  } else {
    log_line(problem);
  }
  return Finish{kUsage, {}};
}

}  // namespace leases::cli
