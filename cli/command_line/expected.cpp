#include "cli/command_line/expected.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/command_line/command_line.h"

namespace leases::cli {

namespace {

/// What `help` takes.
constexpr const char* kCommandValue = "COMMAND";

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

bool is_list(const CLI::Option& option) {
  return option.get_items_expected_max() >= CLI::detail::expected_max_vector_size;
}

/// Walks along the words before the last one as the parser would, and then tells what may follow.
class Walk {
 public:
  explicit Walk(const CLI::App& leasectl) : commands_{&leasectl} {}

  void pass(const std::string& word) {
    if (awaiting_ != nullptr) {
      give(*std::exchange(awaiting_, nullptr), word);
    } else if (!only_arguments_ && word == "--") {
      only_arguments_ = true;
    } else if (!only_arguments_ && word.starts_with('-')) {
      pass_option(word);
    } else if (const CLI::App* part = command_named(&command(), word)) {
      commands_.insert(commands_.begin(), part);
    } else if (const CLI::Option* argument = next_argument()) {
      give(*argument, word);
    }
  }

  Expected end(const std::string& word) && {
    expected_.begin = word;
    if (commands_.size() > 1) expected_.command = command().get_name();
    const std::size_t equals = word.find('=');
    if (awaiting_ != nullptr) {
      expect_values_of(*awaiting_);
    } else if (!only_arguments_ && word.starts_with('-') && equals != std::string::npos) {
      expected_.before = word.substr(0, equals + 1);
      expected_.begin = word.substr(equals + 1);
      const CLI::Option* option = option_named(word.substr(0, equals));
      if (option != nullptr && !is_flag(*option)) expect_values_of(*option);
    } else if (!only_arguments_ && word.starts_with('-')) {
      expect_options();
    } else {
      expect_commands_of(command());
      if (const CLI::Option* argument = next_argument()) expect_values_of(*argument);
    }
    return std::move(expected_);
  }

 private:
  [[nodiscard]] const CLI::App& command() const { return *commands_.front(); }

  static std::string name_of(const CLI::Option& option) {
    return option.get_lnames().empty() ? option.get_name() : "--" + option.get_lnames().front();
  }

  void give(const CLI::Option& option, const std::string& value) {
    given_[&option].push_back(value);
    expected_.given[name_of(option)].push_back(value);
  }

  void pass_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const CLI::Option* option = option_named(word.substr(0, equals));
    if (option == nullptr) return;
    if (is_flag(*option)) {
      give(*option, {});
    } else if (equals == std::string::npos) {
      awaiting_ = option;
    } else {
      give(*option, word.substr(equals + 1));
    }
  }

  /// An option of the command or of one that it belongs to.
  [[nodiscard]] const CLI::Option* option_named(const std::string& name) const {
    for (const CLI::App* owner : commands_) {
      if (const CLI::Option* option = owner->get_option_no_throw(name)) return option;
    }
    return nullptr;
  }

  [[nodiscard]] static const CLI::App* command_named(const CLI::App* owner, const std::string& name) {
    if (owner == nullptr) return nullptr;
    for (const CLI::App* other : owner->get_subcommands({})) {
      if (other->get_name() == name) return other;
    }
    return nullptr;
  }

  [[nodiscard]] const CLI::Option* next_argument() const {
    for (const CLI::Option* option : command().get_options()) {
      if (option->get_positional() && (is_list(*option) || !given_.contains(option))) return option;
    }
    return nullptr;
  }

  void expect(const std::string& word, const std::string& help) {
    const std::string text = expected_.before + word;
    if (word.starts_with(expected_.begin)) expected_.words.push_back({text, help});
  }

  void expect_commands_of(const CLI::App& owner) {
    for (const CLI::App* other : owner.get_subcommands({}))
      expect(other->get_name(), other->get_description());
  }

  /// For `help`: the commands of those that were named.
  void expect_commands_to_explain() {
    const CLI::App* explained = commands_.back();
    for (const std::string& name : expected_.taken) explained = command_named(explained, name);
    if (explained != nullptr) expect_commands_of(*explained);
  }

  [[nodiscard]] bool may_be_given(const CLI::Option& option) const {
    if (given_.contains(&option) && !is_list(option)) return false;
    return std::ranges::none_of(option.get_excludes(),
                                [&](CLI::Option* other) { return given_.contains(other); });
  }

  /// A command's own --help and --version say more than those of the command that it belongs to.
  void expect_options() {
    std::set<std::string> names;
    for (const CLI::App* owner : commands_) {
      for (const CLI::Option* option : owner->get_options()) {
        const bool is_of_other = owner != &command() && option == owner->get_version_ptr();
        if (option->get_lnames().empty() || is_of_other || !may_be_given(*option)) continue;
        if (names.insert(name_of(*option)).second) expect(name_of(*option), option->get_description());
      }
    }
  }

  /// The help writes fixed words in lower case: "v4|v6", "NAME|ADDRESS".
  void expect_values_of(const CLI::Option& option) {
    const auto taken = given_.find(&option);
    if (taken != given_.end()) expected_.taken = taken->second;
    std::istringstream choices(option.get_lnames().empty() ? option.get_name() : option.get_option_text());
    for (std::string choice; std::getline(choices, choice, '|');) {
      if (choice == kCommandValue) {
        expect_commands_to_explain();
      } else if (CLI::detail::to_lower(choice) == choice) {
        expect(choice, {});
      } else {
        expected_.values.push_back(choice);
      }
    }
  }

  std::vector<const CLI::App*> commands_;  ///< the innermost first, leasectl last
  const CLI::Option* awaiting_ = nullptr;  ///< an option whose value comes next
  bool only_arguments_ = false;            ///< after "--"
  std::map<const CLI::Option*, std::vector<std::string>> given_;
  Expected expected_;
};

}  // namespace

Expected CommandLine::expected(const std::vector<std::string>& words) const {
  Walk walk(*app_);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) walk.pass(words[i]);
  return std::move(walk).end(words.empty() ? std::string() : words.back());
}

}  // namespace leases::cli
