#include "helper/renewal_hint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "helper/complaint.h"
#include "helper/dnsmasq_options.h"
#include "helper/file.h"
#include "helper/lease_store.h"
#include "helper/text_file.h"
#include "helper/trimmed.h"

namespace leases {

namespace {

/// How far up dnsmasq is looked for: a script of somebody's own may stand in between, and its shell.
constexpr int kMostAncestors = 4;

struct Process {
  std::string id;
  std::string name;
  std::string parent;
  std::string started;  ///< in ticks since the boot: with the id, it tells it from every other
};

std::string text_in_proc(const std::string& process, const std::string& file) {
  return TextFile::open("/proc/" + process + '/' + file).text;
}

/// Nothing if it has ended, or is hidden.
std::optional<Process> process_of(const std::string& id) {
  const std::string text = text_in_proc(id, "stat");
  const std::size_t begin = text.find('(');
  // The name may have any byte in it.
  const std::size_t end = text.rfind(')');
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::vector<std::string> fields;
  for (std::string_view rest = trimmed(std::string_view(text).substr(end + 1)); !rest.empty();) {
    const std::size_t length = std::min(rest.find(' '), rest.size());
    fields.emplace_back(rest.substr(0, length));
    rest = trimmed(rest.substr(length));
  }
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kStart = 19;
  if (fields.size() <= kStart) return {};
  return Process{id, text.substr(begin + 1, end - begin - 1), fields[kParent], fields[kStart]};
}

/// The dnsmasq that runs this program: the child that runs its scripts, which has its command line.
std::optional<Process> calling_dnsmasq() {
  std::string id = std::to_string(::getppid());
  for (int i = 0; i < kMostAncestors; ++i) {
    auto process = process_of(id);
    if (!process || process->name == "dnsmasq") return process;
    id = process->parent;
  }
  return {};
}

std::vector<std::string> arguments_of(const Process& process) {
  std::vector<std::string> arguments;
  const std::string text = text_in_proc(process.id, "cmdline");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    arguments.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return arguments;
}

/// Whether this start of dnsmasq is looked at for the first time, which is then noted.
bool is_first_look(const Settings& settings, const std::string& network, const Process& dnsmasq) {
  const auto directory = Directory::open_existing(settings.runtime_directory);
  if (!directory) return false;
  const std::string name = ".renewals-" + network;
  const std::string mark = dnsmasq.id + ' ' + dnsmasq.started + '\n';
  std::array<char, 64> known{};
  const FileDescriptor file = directory->open(name, O_RDONLY);
  const ssize_t length = file.number() < 0 ? 0 : ::read(file.number(), known.data(), known.size());
  if (std::string_view(known.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))) == mark)
    return false;
  NewFile note(*directory, name);
  note.write(std::array{std::string_view(mark)});
  note.put_in_place();
  return true;
}

std::string advice_for(const DnsmasqOptions& options) {
  const std::string& file = options.script_file().empty() ? options.main_file() : options.script_file();
  if (options.script_file().empty() && options.has_own_file())
    return "give dnsmasq --script-on-renewal beside --dhcp-script";
  return "add the line script-on-renewal to " + file + " and restart dnsmasq";
}

}  // namespace

bool shows_missed_renewal(const LeaseEvent& event, const Lease& before, EpochSeconds now) {
  const bool is_same_client = event.address.family == Family::v4
                                  ? before.hardware == event.hardware
                                  : std::ranges::equal(before.client_id, event.client_id);
  if (!event.known_expiry || event.for_libvirt || !is_same_client) return false;
  const ExpiryTime told = *event.known_expiry;
  return before.expiry.over_at(now) && (told.infinite() || told > before.expiry);
}

void RenewalHint::look_at(const LeaseEvent& event, const std::string& network,
                          const std::optional<Lease>& before) {
  if (!before || !shows_missed_renewal(event, *before, now())) return;
  network_ = network;
  lease_ = std::string(IpText(before->address).view());
  if (!before->hostname.empty()) lease_ += " (" + std::string(before->hostname) + ')';
}

void RenewalHint::say(const Settings& settings) const try {
  if (network_.empty()) return;
  const auto dnsmasq = calling_dnsmasq();
  if (!dnsmasq || !is_first_look(settings, network_, *dnsmasq)) return;
  const DnsmasqOptions options(arguments_of(*dnsmasq), kDnsmasqFile);
  if (options.script().empty() || options.tells_renewals() || !options.unread().empty()) return;
  complain("the lease of " + lease_ + " in " + network_ +
           " was renewed, and dnsmasq did not say so: names end while their leases go on; " +
           advice_for(options));
} catch (const StoreError&) {
  // The event is recorded, and whatever is wrong with the directory was told.
}

}  // namespace leases
