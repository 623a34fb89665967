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

/// Names by what they lack, in the order in which something was first lacking.
class NamesByLack {
 public:
  FoldedNames& at(const std::string& lack) {
    const auto known = std::ranges::find(names_, lack, [](const auto& entry) { return entry.first; });
    if (known != names_.end()) return known->second;
    return names_.emplace_back(lack, FoldedNames()).second;
  }

  std::vector<std::string> take() {
    std::vector<std::string> lines;
    for (auto& [lack, names] : names_) lines.push_back(lack + ": " + names.take());
    return lines;
  }

 private:
  std::vector<std::pair<std::string, FoldedNames>> names_;
};

/// For a target that has to be gone.
std::vector<std::string> present_lines(const WaitState& state) {
  FoldedNames present;
  for (const auto& entry : state.addresses()) present.add(entry.first);
  std::string names = present.take();
  if (names.empty()) return {};
  return {"still leased: " + std::move(names)};
}

}  // namespace

// Names that have a machine in common are of one machine, as a machine may have several network cards.
std::size_t ready_matches(const WaitState& state, const std::set<std::string>& ready) {
  std::vector<std::set<std::string>> groups;
  for (const auto& [name, machines] : state.matching()) {
    if (!ready.contains(name)) continue;
    std::set<std::string> group(machines.begin(), machines.end());
    std::erase_if(groups, [&, &own = machines](const std::set<std::string>& other) {
      if (std::ranges::none_of(own, [&](const std::string& machine) { return other.contains(machine); }))
        return false;
      group.insert(other.begin(), other.end());
      return true;
    });
    groups.push_back(std::move(group));
  }
  return groups.size();
}

bool is_reached(const WaitTarget& target, const WaitState& state, const std::set<std::string>& ready) {
  // While there was no index, nobody knows whether a lease is gone.
  if (target.gone) return state.is_known() && state.addresses().empty();
  return ready_matches(state, ready) >= target.count &&
         std::ranges::all_of(target.names, [&](const std::string& name) { return ready.contains(name); });
}

std::vector<std::string> missing_lines(const WaitTarget& target, const WaitState& state,
                                       const std::set<std::string>& ready, std::uint16_t port) {
  if (target.gone) return present_lines(state);
  NamesByLack by_lack;
  FoldedNames without_port;
  for (const std::string& name : target.names) {
    if (ready.contains(name)) continue;
    const std::string lack = state.lack_of(name);
    (lack.empty() ? without_port : by_lack.at(lack)).add(name);
  }
  std::vector<std::string> lines = by_lack.take();
  if (const std::string names = without_port.take(); !names.empty())
    lines.push_back("port " + std::to_string(port) + " has not accepted a connection: " + names);
  if (const std::size_t matches = ready_matches(state, ready); matches < target.count) {
    lines.push_back(std::to_string(matches) + " of " + std::to_string(target.count) +
                    " machines that match " + target.glob);
  }
  return lines;
}

}  // namespace leases::cli
