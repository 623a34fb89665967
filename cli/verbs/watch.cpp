#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/command_line/exit_code.h"
#include "cli/follow/lease_changes.h"
#include "cli/output/json_text.h"
#include "cli/output/lease_field.h"
#include "cli/output/lease_form.h"
#include "cli/output/lease_output.h"
#include "cli/output/standard_output.h"
#include "cli/output/time_text.h"
#include "cli/selection/lease_order.h"
#include "cli/selection/lease_selection.h"
#include "cli/verbs/verbs.h"
#include "store/index_reader.h"
#include "store/index_watch.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/log.h"

namespace leases::cli {

namespace {

struct WatchOptions {
  LeaseSelection selection;
  LeaseOrder order;
  bool json = false;  ///< JSON Lines
  LeaseForm form;
};

/// The fields of a change besides those of its lease.
constexpr std::string_view kChange = kChangeFields[0];
constexpr std::string_view kTime = kChangeFields[1];

/// One state of the index, or none before the first.
struct State {
  std::optional<IndexReader> index;  ///< holds the texts
  std::vector<Lease> leases;
};

/// When the change happened, as far as that is known.
EpochSeconds time_of(const LeaseDiff& change, EpochSeconds now) {
  if (change.kind == LeaseDiff::Kind::expired) return {change.lease.expiry.seconds};
  if (change.kind == LeaseDiff::Kind::released) return now;
  return {change.lease.changed.nanoseconds / 1'000'000'000};
}

/// With all that a rename can change, for a lease whose display name stays: "web.lab (vm1)".
std::string full_name(const Lease& lease) {
  std::string name = shown_name(lease);
  if (!lease.domain.empty()) name += '.' + escaped(lease.domain);
  if (!lease.guest_name.empty()) name += " (" + escaped(lease.guest_name) + ')';
  return name;
}

std::string line_of(const LeaseDiff& change, EpochSeconds now) {
  const Lease& lease = change.lease;
  std::string line = local_time(time_of(change, now)) + "  " + std::string(name_of(change.kind));
  line.resize(31, ' ');
  line += escaped(lease.network) + "  " + std::string(IpText(lease.address).view()) + "  ";
  const bool is_renamed = change.kind == LeaseDiff::Kind::renamed;
  const bool looks_same = is_renamed && shown_name(lease) == shown_name(change.previous);
  const auto name_of_lease = looks_same ? full_name : shown_name;
  if (is_renamed) line += name_of_lease(change.previous) + " -> ";
  line += name_of_lease(lease) + "  ";
  line += lease.hardware ? HardwareText(*lease.hardware).view() : "-";
  if (change.kind == LeaseDiff::Kind::added || change.kind == LeaseDiff::Kind::renewed)
    line += lease.expiry.infinite() ? "  without end" : "  until " + local_time({lease.expiry.seconds});
  return line;
}

std::string json_line_of(const LeaseDiff& change, EpochSeconds now, const LocalSubnets& subnets) {
  nlohmann::ordered_json object;
  object["change"] = name_of(change.kind);
  object["time"] = time_of(change, now).value;
  object["lease"] = json_of(change.lease, subnets);
  if (change.kind == LeaseDiff::Kind::renewed || change.kind == LeaseDiff::Kind::renamed)
    object["previous"] = json_of(change.previous, subnets);
  return json_text(object);
}

/// A field of a change. The time is a number, as in JSON.
std::string text_of_field(std::string_view field, const LeaseDiff& change, EpochSeconds now,
                          const LocalSubnets& subnets) {
  if (field == kChange) return std::string(name_of(change.kind));
  if (field == kTime) return std::to_string(time_of(change, now).value);
  return cli::text_of_field(field, change.lease, subnets);
}

/// The line of a change with the columns that were named. It is alone, so they cannot be aligned.
std::string line_with(const std::vector<std::string>& columns, const LeaseDiff& change,
                      const CellContext& context) {
  std::string line;
  for (const std::string& column : columns) {
    std::string text;
    if (column == kTime) {
      text = local_time(time_of(change, context.present));
    } else if (const LeaseField* field = lease_field(column)) {
      text = field->cell(change.lease, context).text;
    } else {
      text = name_of(change.kind);
    }
    line += (&column == &columns.front() ? "" : "  ") + (text.empty() ? "-" : text);
  }
  return line;
}

class LeaseWatch {
 public:
  LeaseWatch(const Settings& settings, WatchOptions& options)
      : settings_(settings), options_(options), watch_(settings.runtime_directory) {
    watch_.renew();
    look();
    choose_networks();
    set_alarm();
  }

  /// Returns when nobody reads the output any longer.
  void run() {
    while (wait()) {
      watch_.renew();
      State before = std::move(state_);
      state_ = {};
      if (!look()) keep_unexpired(before);
      report(changes_between(before.leases, state_.leases, now()));
      if (!state_.index) state_.index = std::move(before.index);
      set_alarm();
    }
  }

 private:
  /// False if there is no index. The leases are not lost with it.
  bool look() {
    try {
      state_.index.emplace(settings_);
      state_.leases = state_.index->live_leases();
      const NetworkChoice& networks = options_.selection.networks;
      std::erase_if(state_.leases, [&](const Lease& lease) { return !networks.has(lease.network); });
      problem_.clear();
      return true;
    } catch (const Error& error) {
      if (problem_.empty()) log_line(std::string(error.what()) + "; waiting for it");
      problem_ = error.what();
      return false;
    }
  }

  /// A network may be new, so one that does not exist yet is awaited.
  void choose_networks() {
    const auto known = state_.index ? state_.index->networks() : std::vector<std::string_view>();
    NetworkChoice& networks = options_.selection.networks;
    networks.take_libvirts(known, settings_);
    for (const std::string& network : networks.names) {
      if (std::ranges::find(known, network) == known.end())
        log_line("there is no network '" + network + "' yet; waiting for its leases");
    }
    if (state_.index) look();
  }

  void keep_unexpired(const State& before) {
    const EpochSeconds present = now();
    std::ranges::copy_if(before.leases, std::back_inserter(state_.leases),
                         [&](const Lease& lease) { return !lease.expiry.expired_at(present); });
  }

  /// A lease that a change takes into the selection, or out of it, is in it: one that is renamed, say.
  [[nodiscard]] bool is_selected(const LeaseDiff& change, EpochSeconds present) const {
    const bool has_previous =
        change.kind == LeaseDiff::Kind::renewed || change.kind == LeaseDiff::Kind::renamed;
    return options_.selection.has(change.lease, present) ||
           (has_previous && options_.selection.has(change.previous, present));
  }

  void report(std::vector<LeaseDiff> changes) {
    const EpochSeconds present = now();
    std::erase_if(changes, [&](const LeaseDiff& change) { return !is_selected(change, present); });
    if (changes.empty()) return;
    const LocalSubnets subnets;
    options_.order.sort(changes, subnets, &LeaseDiff::lease);
    for (const LeaseDiff& change : changes) {
      output_.text() += text_of(change, present, subnets);
      output_.text() += '\n';
      output_.flush_if_large();
    }
    output_.flush();
  }

  [[nodiscard]] std::string text_of(const LeaseDiff& change, EpochSeconds present,
                                    const LocalSubnets& subnets) const {
    const LeaseForm& form = options_.form;
    if (options_.json) return json_line_of(change, present, subnets);
    if (!form.columns.empty()) return line_with(form.columns, change, {subnets, present});
    if (!form.format) return line_of(change, present);
    return form.format->text(
        [&](std::string_view field) { return text_of_field(field, change, present, subnets); });
  }

  void set_alarm() {
    ExpiryTime next;
    for (const Lease& lease : state_.leases) next = earlier(next, lease.expiry);
    watch_.set_alarm(next);
  }

  [[nodiscard]] bool wait() const {
    std::array<pollfd, 2> files{{{watch_.descriptor(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    while (::poll(files.data(), files.size(), -1) < 0) {
      if (errno != EINTR) throw errno_error("poll", "failed", errno);
    }
    return files[1].revents == 0;
  }

  const Settings& settings_;
  WatchOptions& options_;
  IndexWatch watch_;
  State state_;
  std::string problem_;
  Output output_;
};

}  // namespace

Verb watch_verb(Command leasectl) {
  auto options = std::make_shared<WatchOptions>();
  Command command = leasectl.add_command("watch", "Changes of leases, as they happen");
  command.add_option("NETWORK", options->selection.networks.names, "Only those of these networks");
  add_selection_options(command, options->selection);
  options->order.add_option(command);
  const Option json = command.add_flag("--json", options->json, "Print JSON Lines");
  add_lease_form(command, options->form, json, {kChange, kTime});
  return {command, [options](const Invocation& invocation) {
            require_directories(invocation.settings);
            require_standard_output();
            LeaseWatch(invocation.settings, *options).run();
            return kFound;
          }};
}

}  // namespace leases::cli
