#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/names/name_fold.h"
#include "cli/names/name_range.h"
#include "cli/names/typed_address.h"
#include "cli/names/typed_name.h"
#include "cli/output/json_text.h"
#include "cli/output/progress.h"
#include "cli/output/standard_output.h"
#include "cli/verbs/verbs.h"
#include "common/lookup.h"
#include "store/index_reader.h"
#include "util/clock.h"
#include "util/escaped_text.h"
#include "util/folded_name.h"
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
  Resolver(const IndexReader& reader, const Settings& settings, const ResolveOptions& options)
      : reader_(reader), view_(reader.view()), options_(options), names_(settings), now_(now()) {}

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
      for (std::size_t i = 0; i < waiting_; ++i) queries_[i] = query_of(i);
      for (const auto step : {Table::Step::bucket, Table::Step::slot}) {
        for (std::size_t i = 0; i < waiting_; ++i) {
          if (queries_[i]) view_.snapshot().prefetch(queries_[i]->label, step);
        }
      }
    }
    for (std::size_t i = 0; i < waiting_; ++i) answer(subjects_[i], queries_[i]);
    waiting_ = 0;
  }

  /// A query's suffix points into the name.
  std::optional<HostQuery> query_of(std::size_t i) {
    if (auto query = HostQuery::parse(subjects_[i]); query && query->suffix.empty()) return query;
    std::string problem = "'" + subjects_[i] + "' cannot be the name of a lease";
    const auto name = names_.name_of(subjects_[i], problem);
    names_asked_[i] = name.value_or("");
    const auto query = HostQuery::parse(names_asked_[i]);
    if (!query && !typed_ip(subjects_[i]) && !typed_hardware(subjects_[i])) suggest(Advice::name, problem);
    return query;
  }

  void answer(std::string_view subject, const std::optional<HostQuery>& query) {
    answers_.clear();
    found_ = 0;
    if (options_.reverse) {
      find_names(subject);
    } else if (query) {
      find_addresses(*query);
    }
    if (found_ == 0) find_client(subject);
    all_found_ = all_found_ && found_ > 0;
    if (found_ == 0) explain(subject);
    if ((found_ == 0) == options_.missing) print(subject);
    progress_.step();
  }

  /// Why a subject cannot be found.
  void explain(std::string_view subject) {
    const bool is_address = typed_ip(subject).has_value();
    if (!options_.reverse && is_address) {
      suggest(Advice::reverse,
              "'" + std::string(subject) + "' is an address; to print names of addresses, use --reverse");
    } else if (options_.reverse && !is_address && !typed_hardware(subject)) {
      suggest(Advice::address, "'" + std::string(subject) +
                                   "' is not an address; to print addresses of names, leave out --reverse");
    }
  }

  enum class Advice : std::uint8_t { name, reverse, address };

  /// Once each: there may be very many wrong words.
  void suggest(Advice advice, const std::string& text) {
    if (suggested_.insert(advice).second) log_line(text);
  }

  void find_addresses(const HostQuery& query) {
    visit_answers(view_, query, now_, [this](const Answer& answer) {
      add(IpText(answer.address).view());
      return true;
    });
  }

  void find_names(std::string_view text) {
    const auto address = typed_ip(text);
    if (!address) return;
    visit_answers(view_, view_.find(*address), now_, [this](const Answer& answer) {
      add(escaped(folded(answer.name)));
      return true;
    });
  }

  /// The index has no order by clients, so this is made at the first question for one.
  std::map<std::string, std::vector<Lease>>& clients() {
    if (clients_) return *clients_;
    clients_.emplace();
    for (const Lease& lease : reader_.live_leases()) {
      if (lease.hardware) (*clients_)[std::string(HardwareText(*lease.hardware).view())].push_back(lease);
    }
    return *clients_;
  }

  /// The addresses or names of a hardware address.
  void find_client(std::string_view text) {
    const auto hardware = typed_hardware(text);
    if (!hardware) return;
    for (const Lease& lease : clients()[std::string(HardwareText(*hardware).view())]) {
      if (!options_.reverse) add(IpText(lease.address).view());
      if (options_.reverse && !lease.display_name().empty()) add(escaped(folded(lease.display_name())));
    }
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

  const IndexReader& reader_;
  const IndexView& view_;
  const ResolveOptions& options_;
  TypedNames names_;
  EpochSeconds now_;
  std::array<std::string, 64> subjects_;
  std::array<std::string, 64> names_asked_;
  std::array<std::optional<HostQuery>, 64> queries_;
  std::optional<std::map<std::string, std::vector<Lease>>> clients_;  ///< by hardware address
  std::size_t waiting_ = 0;
  std::string answers_;  ///< for the current subject, separated by spaces
  std::size_t found_ = 0;
  bool all_found_ = true;
  std::set<Advice> suggested_;
  Output output_;
  NameFold fold_;
  Progress progress_;
};

/// A text with a bracket is a range, an IPv6 address or a mistake: a host name cannot have one.
bool resolve_range(Resolver& resolver, std::string_view text) {
  if (text.find_first_of("[]") == std::string_view::npos || typed_ip(text)) {
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
  Resolver resolver(reader, settings, options);
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
