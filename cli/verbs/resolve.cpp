#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/names/folded_name.h"
#include "cli/names/name_fold.h"
#include "cli/names/name_range.h"
#include "cli/output/json_text.h"
#include "cli/output/progress.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "common/lookup.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/escaped_text.h"
#include "util/line_reader.h"
#include "util/log.h"
#include "util/words.h"

namespace leases::cli {

namespace {

struct ResolveOptions {
  /// Names and ranges of names; none, or "-": one per line from standard input.
  std::vector<std::string> subjects;
  bool reverse = false;  ///< the subjects are addresses
  bool missing = false;  ///< print the subjects that are not found instead
  bool fold = false;     ///< print names only, as ranges
  bool json = false;     ///< JSON Lines
};

class Resolver {
 public:
  Resolver(const IndexReader& reader, const ResolveOptions& options)
      : view_(reader.view()), options_(options), now_(now()) {}

  /// Takes a name or an address. It is answered later, together with others.
  void resolve(std::string_view subject) {
    subjects_[waiting_].assign(subject);
    if (++waiting_ == subjects_.size()) answer_waiting();
  }

  [[nodiscard]] bool all_found() const { return all_found_; }

  void finish() {
    answer_waiting();
    if (options_.fold) fold_.finish(output_.text());
    output_.flush();
    progress_.finish();
  }

 private:
  /// With a million names, a lookup mostly waits for memory, so many are prefetched side by side.
  void answer_waiting() {
    if (!options_.reverse) {
      for (std::size_t i = 0; i < waiting_; ++i) queries_[i] = HostQuery::parse(subjects_[i]);
      for (const auto step : {Table::Step::bucket, Table::Step::slot}) {
        for (std::size_t i = 0; i < waiting_; ++i) {
          if (queries_[i]) view_.snapshot().prefetch(queries_[i]->label, step);
        }
      }
    }
    for (std::size_t i = 0; i < waiting_; ++i) answer(subjects_[i], queries_[i]);
    waiting_ = 0;
  }

  void answer(std::string_view subject, const std::optional<HostQuery>& query) {
    answers_.clear();
    found_ = 0;
    if (options_.reverse) {
      find_names(subject);
    } else if (query) {
      find_addresses(*query);
    }
    all_found_ = all_found_ && found_ > 0;
    if (found_ == 0) suggest_reverse(subject);
    if ((found_ == 0) == options_.missing) print(subject);
    progress_.step();
  }

  /// Once, at the first address among the names.
  void suggest_reverse(std::string_view subject) {
    if (options_.reverse || suggested_reverse_ || !parse_ip(subject)) return;
    log_line("'" + std::string(subject) + "' is an address; to print names of addresses, use --reverse");
    suggested_reverse_ = true;
  }

  void find_addresses(const HostQuery& query) {
    visit_answers(view_, query, now_, [this](const Answer& answer) {
      add(IpText(answer.address).view());
      return true;
    });
  }

  void find_names(std::string_view text) {
    const auto address = parse_ip(text);
    if (!address) return;
    visit_answers(view_.find(*address), now_, [this](const Answer& answer) {
      add(escaped(folded(answer.name)));
      return true;
    });
  }

  void add(std::string_view answer) {
    if (found_++ > 0) answers_ += ' ';
    answers_ += answer;
  }

  void print(std::string_view subject) {
    std::string& text = output_.text();
    if (options_.fold) {
      fold_.add(subject, text);
    } else if (options_.json) {
      text.append(json_of(subject)).append("\n");
    } else if (options_.missing) {
      text.append(subject).append("\n");
    } else {
      text.append(subject).append("\t").append(answers_).append("\n");
    }
    output_.flush_if_large();
  }

  [[nodiscard]] std::string json_of(std::string_view subject) const {
    nlohmann::ordered_json object;
    auto list = nlohmann::ordered_json::array();
    for (std::size_t begin = 0; begin < answers_.size();) {
      const std::size_t end = std::min(answers_.find(' ', begin), answers_.size());
      list.push_back(answers_.substr(begin, end - begin));
      begin = end + 1;
    }
    object[options_.reverse ? "address" : "name"] = subject;
    object[options_.reverse ? "names" : "addresses"] = std::move(list);
    return json_text(object);
  }

  const IndexView& view_;
  const ResolveOptions& options_;
  EpochSeconds now_;
  std::array<std::string, 64> subjects_;
  std::array<std::optional<HostQuery>, 64> queries_;
  std::size_t waiting_ = 0;
  std::string answers_;  ///< for the current subject, separated by spaces
  std::size_t found_ = 0;
  bool all_found_ = true;
  bool suggested_reverse_ = false;
  Output output_;
  NameFold fold_;
  Progress progress_;
};

/// A text with a bracket is a range or a mistake: a host name cannot have one.
bool resolve_range(Resolver& resolver, std::string_view text) {
  if (text.find_first_of("[]") == std::string_view::npos) {
    resolver.resolve(text);
    return true;
  }
  std::string problem;
  auto range = NameRange::parse(text, problem);
  if (!range) {
    log_line(problem);
    return false;
  }
  for (std::string name; range->next(name);) resolver.resolve(name);
  return true;
}

bool resolve_input(Resolver& resolver) {
  LineReader input(STDIN_FILENO, "standard input");
  bool understood = true;
  while (const auto line = input.next()) {
    const std::string_view subject = trimmed(*line);
    if (!subject.empty()) understood = resolve_range(resolver, subject) && understood;
  }
  return understood;
}

int resolve(const Settings& settings, const ResolveOptions& options) {
  const IndexReader reader(settings);
  Resolver resolver(reader, options);
  bool understood = true;
  if (options.subjects.empty()) understood = resolve_input(resolver);
  for (const std::string& subject : options.subjects) {
    const bool this_one = subject == "-" ? resolve_input(resolver) : resolve_range(resolver, subject);
    understood = this_one && understood;
  }
  resolver.finish();
  if (!understood) return kUsage;
  return resolver.all_found() ? kFound : kNotFound;
}

}  // namespace

Verb resolve_verb(Command leasectl) {
  auto options = std::make_shared<ResolveOptions>();
  Command command =
      leasectl.add_command("resolve", "The addresses of many names, from one state of the index");
  command.add_option(
      "NAME", options->subjects,
      "A name or range like ci-[000-255].lab; none, or -: read from standard input, one per line");
  command.add_flag("--reverse", options->reverse, "Take addresses and print names");
  command.add_flag("--missing", options->missing, "Print what is not found instead");
  const Option fold = command.add_flag("--fold", options->fold, "Print names only, as ranges");
  command.add_flag("--json", options->json, "Print JSON Lines").excludes(fold);
  return {command,
          [options](const Invocation& invocation) { return resolve(invocation.settings, *options); }};
}

}  // namespace leases::cli
