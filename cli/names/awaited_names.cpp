#include "cli/names/awaited_names.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "cli/names/name_range.h"
#include "cli/names/refused_guest.h"
#include "cli/names/typed_address.h"
#include "common/host_name.h"
#include "util/folded_name.h"
#include "util/log.h"

namespace leases::cli {

namespace {

/// The number of leases that an index is made for.
constexpr std::size_t kMostNames = 1'000'000;

constexpr std::string_view kGuest = "guest ";

}  // namespace

std::string guest_key(const std::string& guest) {
  return std::string(kGuest) + guest;
}

std::string_view guest_of_key(std::string_view key) {
  return key.starts_with(kGuest) ? key.substr(kGuest.size()) : std::string_view();
}

bool AwaitedNames::add_range(const std::string& text) {
  std::string problem;
  auto range = NameRange::parse(typed_ip(text) ? std::string() : text, problem);
  if (typed_ip(text)) problem = impossible(text);
  for (std::string name; problem.empty() && range->next(name);) problem = add(name);
  if (!problem.empty()) log_line(problem);
  return problem.empty();
}

bool AwaitedNames::add_guests(const std::string& text) {
  std::string problem;
  auto range = NameRange::parse(text, problem);
  for (std::string name; problem.empty() && range->next(name);) {
    if (!is_domain_name(name) || is_localhost_domain(name)) {
      problem = "'" + name + "' cannot be the name of a guest in a MAC map";
    } else if (problem = refused_guest(policy_, name); problem.empty()) {
      problem = keep(guest_key(folded(name)));
    }
  }
  if (!problem.empty()) log_line(problem);
  return problem.empty();
}

std::string AwaitedNames::impossible(const std::string& name) {
  if (typed_ip(name)) return "'" + name + "' is an address; give the name to wait for";
  if (is_localhost_domain(name)) return "'" + name + "' is this machine; no lease ever has that name";
  return "'" + name + "' cannot be the name of a lease";
}

/// Returns what is wrong, or "".
std::string AwaitedNames::add(const std::string& typed) {
  std::string problem = impossible(typed);
  const auto name = typed_.name_of(typed, problem);
  const auto query = HostQuery::parse(name.value_or(""));
  const bool is_possible = query && !typed_ip(typed) && !is_localhost_domain(query->label.view());
  const bool is_hardware = typed_hardware(typed).has_value();
  if (!is_possible && !is_hardware) return problem;
  if (const auto refusal = is_hardware ? std::nullopt : policy_.refusal(query->label.view()))
    log_line("'" + *name + "' " + *refusal + ", so only a guest of a MAC map can have that name");
  return keep(*name);
}

/// Returns what is wrong, or "". A name that is given twice is one.
std::string AwaitedNames::keep(const std::string& name) {
  if (!known_.insert(name).second) return {};
  names_.push_back(name);
  if (names_.size() <= kMostNames) return {};
  return "too many names to wait for; at most " + std::to_string(kMostNames) + " are possible";
}

}  // namespace leases::cli
