#include "cli/command_line.h"

#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

#include "helper/file.h"

namespace leases::cli {

Option Option::value(const std::string& name) {
  option_->option_text(name);
  return *this;
}

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::repeated() {
  option_->expected(1)->take_all();
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
  option_->check(CLI::Range(least, greatest));
  return *this;
}

Option Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option Option::accepted_by(const std::function<std::string(std::string&)>& judge) {
  option_->transform(CLI::Validator(judge, ""));
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
  return Option(app_->add_option(name, variable, help));
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
  const std::map<std::string, double> units{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
  return Option(app_->add_option(name, variable, help)
                    ->check(CLI::NonNegativeNumber)
                    ->transform(CLI::AsNumberWithUnit(units))
                    ->option_text("TIME"));
}

bool Command::is_meant() const {
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

std::optional<ExitCode> CommandLine::parse(const std::vector<std::string>& arguments) {
  try {
    app_->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return std::nullopt;
  } catch (const CLI::RequiredError& error) {
    const auto verbs_of_that_name = [&](const CLI::App* verb) { return verb->get_name() == arguments[0]; };
    if (!arguments.empty() && !arguments[0].starts_with('-') &&
        app_->get_subcommands(verbs_of_that_name).empty()) {
      std::cerr << "leasectl: there is no verb '" << arguments[0] << "'; see leasectl --help\n";
      return kUsage;
    }
    app_->exit(error);
    return kUsage;
  } catch (const CLI::ParseError& error) {
    if (app_->exit(error) != 0) return kUsage;
    if (!std::cout.flush()) throw StoreError("standard output: cannot be written");
    return kFound;
  }
}

}  // namespace leases::cli
