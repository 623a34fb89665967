#include "cli/follow/missing_names.h"

#include <algorithm>
#include <utility>

#include "cli/names/name_fold.h"

namespace leases::cli {

namespace {

/// Names written together as ranges, on one line.
class FoldedNames {
 public:
  void add(const std::string& name) { fold_.add(name, text_); }

  /// "" if there are none.
  std::string take() {
    fold_.finish(text_);
    if (!text_.empty()) text_.pop_back();
    std::ranges::replace(text_, '\n', ' ');
    return std::move(text_);
  }

 private:
  NameFold fold_;
  std::string text_;
};

}  // namespace

std::size_t ready_matches(const WaitState& state, const std::set<std::string>& ready) {
  return static_cast<std::size_t>(
      std::ranges::count_if(state.matching(), [&](const std::string& name) { return ready.contains(name); }));
}

bool is_reached(const WaitTarget& target, const WaitState& state, const std::set<std::string>& ready) {
  return ready_matches(state, ready) >= target.count &&
         std::ranges::all_of(target.names, [&](const std::string& name) { return ready.contains(name); });
}

std::vector<std::string> missing_lines(const WaitTarget& target, const WaitState& state,
                                       const std::set<std::string>& ready, std::uint16_t port) {
  FoldedNames without_lease;
  FoldedNames without_port;
  for (const std::string& name : target.names) {
    if (ready.contains(name)) continue;
    (state.addresses().contains(name) ? without_port : without_lease).add(name);
  }
  std::vector<std::string> lines;
  if (const std::string names = without_lease.take(); !names.empty())
    lines.push_back("without a lease: " + names);
  if (const std::string names = without_port.take(); !names.empty())
    lines.push_back("port " + std::to_string(port) + " has not accepted a connection: " + names);
  if (const std::size_t matches = ready_matches(state, ready); matches < target.count) {
    lines.push_back(std::to_string(matches) + " of " + std::to_string(target.count) + " names that match " +
                    target.glob);
  }
  return lines;
}

}  // namespace leases::cli
