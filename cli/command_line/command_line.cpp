#include "cli/command_line/command_line.h"

#include <charconv>
#include <iostream>
#include <map>
#include <sstream>
#include <string_view>
#include <system_error>

#include <CLI/CLI.hpp>

#include "util/log.h"

namespace leases::cli {

namespace {

/// Converts a time with a unit to a number of seconds. Returns what is wrong with it, or "".
std::string make_seconds(std::string& text) {
  static const std::map<std::string_view, double> units{
      {"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
  const char* const text_end = text.data() + text.size();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text_end, number, std::chars_format::fixed);
  const auto unit = units.find(std::string_view(end, text_end));
  // from_chars() also takes "inf" and "nan".
  const bool has_digits = text.find_first_of("0123456789") == 0;
  if (!has_digits || error != std::errc() || unit == units.end())
    return "'" + text + "' is not a time like 100ms, 90s, 5m or 1h";
  text = std::to_string(number * unit->second);
  return {};
}

/// What is wrong with a command line that lacks a word, if there is another word in its place; else "".
std::string unknown_word(const CLI::App& leasectl) {
  const std::vector<std::string> unknown = leasectl.remaining(true);
  if (unknown.empty()) return {};
  std::string command = leasectl.get_name();
  for (const CLI::App* app = &leasectl; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    command += ' ' + app->get_name();
  }
  const std::string kind = unknown.front().starts_with('-') ? "option" : "command";
  return "'" + command + "' has no " + kind + " '" + unknown.front() + "'; see " + command + " --help";
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
  return *this;
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
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::vector<std::string>& variable,
                           const std::string& help) {
  // CLI11 splits [a,b] in two if a list may have more values than it expects. So it is told to expect as many
  // as there can be: any number for an argument, one at a time for an option.
  constexpr int kNoLimit = CLI::detail::expected_max_vector_size;
  const int least = name.starts_with('-') ? 1 : kNoLimit;
  return Option(
      app_->add_option(name, variable, help)->expected(least, kNoLimit)->take_all()->allow_extra_args(false));
}

Option Command::add_option(const std::string& name, std::uint16_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::uint32_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_option(const std::string& name, std::size_t& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help));
}

Option Command::add_time(const std::string& name, std::optional<double>& variable, const std::string& help) {
  return Option(app_->add_option(name, variable, help)).validated_by(make_seconds).value("TIME");
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

std::optional<Finish> CommandLine::parse(const std::vector<std::string>& arguments) {
  try {
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return std::nullopt;
  } catch (const CLI::RequiredError& error) {
    const std::string problem = unknown_word(*app_);
    if (problem.empty()) {
      app_->exit(error);
    } else {
      log_line(problem);
    }
    return Finish{kUsage, {}};
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    const bool is_wrong = app_->exit(error, output, std::cerr) != 0;
    return Finish{is_wrong ? kUsage : kFound, output.str()};
  }
}

}  // namespace leases::cli
