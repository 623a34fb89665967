#include "cli/names/libvirt_names.h"

#include <algorithm>
#include <chrono>

#include "store/libvirt_network.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/process.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// libvirt's daemon may have to start first.
constexpr std::chrono::seconds kPatience(10);

/// "Bridge:         virbr0" of `virsh net-info`.
std::optional<std::string> bridge_by_virsh(const std::string& network) try {
  // A shell is needed to silence it: a user whom libvirt does not answer would read why.
  const ProgramCall call{{"sh", "-c", R"(LC_ALL=C exec virsh -r -c "$1" net-info -- "$2" 2>/dev/null)", "sh",
                          "network:///system", network}};
  const auto result = run_program(call, Deadline(kPatience));
  if (!result || result->status != 0) return {};
  for (const std::string_view line : lines_of(result->output)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() == 2 && words[0] == "Bridge:") return std::string(words[1]);
  }
  return {};
} catch (const Error&) {
  return {};
}

}  // namespace

const std::optional<std::string>& LibvirtNames::bridge_of(const std::string& network) {
  const auto [entry, is_new] = bridges_.try_emplace(network);
  if (!is_new) return entry->second;
  const std::vector<std::string> known = all();
  if (std::ranges::find(known, network) == known.end()) return entry->second;
  const auto directory = Directory::open_existing(directory_);
  if (directory) entry->second = bridge_of_libvirt_network(*directory, network);
  if (!entry->second) entry->second = bridge_by_virsh(network);
  return entry->second;
}

std::vector<std::string> LibvirtNames::all() const try {
  std::vector<std::string> networks;
  const auto directory = directory_.empty() ? std::nullopt : Directory::open_existing(directory_);
  if (!directory) return networks;
  for (const std::string& file : directory->names()) {
    if (file.ends_with(kLibvirtConfiguration))
      networks.push_back(file.substr(0, file.size() - kLibvirtConfiguration.size()));
  }
  return networks;
} catch (const Error&) {
  return {};
}

}  // namespace leases::cli
