#include "store/hosts_names.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "common/address.h"
#include "common/hash.h"
#include "common/hex_bytes.h"
#include "common/host_name.h"
#include "common/lease_place.h"
#include "store/dhcp_host_line.h"
#include "store/hosts_text.h"
#include "store/libvirt_network.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/file.h"
#include "util/folded_name.h"
#include "util/words.h"

namespace leases {

namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Takes the first word off a text.
std::string_view take_word(std::string_view& text) {
  const auto* const begin = std::find_if_not(text.begin(), text.end(), is_blank);
  const auto* const end = std::find_if(begin, text.end(), is_blank);
  text = {end, static_cast<std::size_t>(text.end() - end)};
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view without_last_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = take_until('\n', text);
  return line.substr(0, line.find('#'));
}

/// Calls visit(name) for each name of a line of hosts(5).
template <typename Visit>
void visit_names(std::string_view line, const Visit& visit) {
  take_word(line);
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line))
    visit(without_last_dot(word));
}

bool has_name(std::string_view line, std::string_view name) {
  bool has_it = false;
  visit_names(line, [&](std::string_view other) { has_it = has_it || other == name; });
  return has_it;
}

/// Whom a dhcp-host line reserves its name for, of those that the lease can be compared with.
enum class ReservedFor : std::uint8_t { anybody, the_lease, another };

bool is_client_id(std::string_view text, std::span<const std::uint8_t> client_id) {
  std::array<std::uint8_t, kMaxIdentifier> bytes;
  const auto size = parse_hex_bytes(text, bytes.data(), bytes.size());
  return size && std::ranges::equal(std::span(bytes).first(*size), client_id);
}

ReservedFor reserved_for(const DhcpHostLine& host, const Lease& lease) {
  const bool names_id = !host.client_id.empty() && !lease.client_id.empty();
  const bool names_hardware = !host.hardware.empty() && lease.hardware;
  const bool is_lease = (names_id && is_client_id(host.client_id, lease.client_id)) ||
                        (names_hardware && std::ranges::count(host.hardware, *lease.hardware) > 0);
  if (is_lease) return ReservedFor::the_lease;
  return names_id || names_hardware ? ReservedFor::another : ReservedFor::anybody;
}

bool has_something_in_it(const Directory& directory, const std::string& name) {
  const auto status = directory.status_of(name);
  return status && S_ISREG(status->st_mode) && status->st_size > 0;
}

/// The names by which a lease would be looked up.
std::vector<std::string> names_of(const Lease& lease, const std::string& label) {
  std::vector<std::string> names{label};
  for (const std::string_view suffix : {lease.domain, lease_place_of(lease)}) {
    if (!suffix.empty()) names.push_back(std::string(label).append(".").append(folded(suffix)));
  }
  return names;
}

/// Those of one network, if its dnsmasq's configuration is known: there may be hundreds of networks.
std::vector<std::string> libvirts_files(const Directory& directory, const std::string& configuration) {
  constexpr std::string_view kEnding = ".conf";
  const std::string prefix = directory.path_of("");
  if (!configuration.starts_with(prefix) || !configuration.ends_with(kEnding)) return directory.names();
  const std::string name =
      configuration.substr(prefix.size(), configuration.size() - prefix.size() - kEnding.size());
  return {name + ".addnhosts", name + ".hostsfile"};
}

/// Names that dnsmasq skips in a directory.
bool is_hosts_name(std::string_view name) {
  return !name.empty() && !name.starts_with('.') && !name.ends_with('~') &&
         !(name.starts_with('#') && name.ends_with('#'));
}

/// It may be a link, and opening a FIFO must not block.
FileDescriptor open_file(const std::string& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

HostsNames::HostsNames(const std::vector<std::string>& paths, const std::string& libvirt_directory,
                       const HostsQuestion& question)
    : label_(folded(question.name.value_or(""))) {
  if (question.name && question.name->empty()) return;
  for (const std::string& path : paths) read_named(path, true);
  if (!libvirt_directory.empty()) read_libvirts(libvirt_directory, question.configuration);
  build_index();
}

void HostsNames::read_named(const std::string& path, bool may_be_directory) try {
  HostsText read = read_hosts_text(open_file(path), label_);
  // A link in a directory may lead back to it.
  if (read.error == EISDIR && !may_be_directory) return;
  if (read.error == EISDIR) {
    const auto directory = Directory::open_existing(path);
    if (!directory) return;
    for (const std::string& name : directory->names()) {
      const auto status = directory->status_of(name);
      if (is_hosts_name(name) && status && !S_ISDIR(status->st_mode))
        read_named(directory->path_of(name), false);
    }
    return;
  }
  // A machine may do without the standard one.
  if (read.error != 0 && !(read.error == ENOENT && path == kStandardHosts)) {
    problems_.push_back(path + ": cannot be read: " + std::strerror(read.error) +
                        "; let the user that dnsmasq runs the helper as read it, or take it out of "
                        "names.hosts-files");
  }
  if (!read.lines.empty())
    files_.push_back(std::make_unique<const File>(File{path, {}, false, std::move(read.lines)}));
} catch (const Error& error) {
  problems_.emplace_back(error.what());
}

/// Its files have the names of networks, its leases those of bridges. A network without a configuration does
/// not run.
void HostsNames::read_libvirts(const std::string& path, const std::string& configuration) try {
  const auto directory = Directory::open_existing(path);
  if (!directory) return;
  for (const std::string& name : libvirts_files(*directory, configuration)) {
    const bool reserves = name.ends_with(".hostsfile");
    if ((!reserves && !name.ends_with(".addnhosts")) || !has_something_in_it(*directory, name)) continue;
    HostsText read = read_hosts_text(directory->open(name, O_RDONLY), label_);
    if (read.lines.empty()) continue;
    auto bridge = bridge_of_libvirt_network(*directory, name.substr(0, name.rfind('.')));
    if (!bridge) continue;
    files_.push_back(std::make_unique<const File>(
        File{directory->path_of(name), std::move(bridge), reserves, std::move(read.lines)}));
  }
} catch (const Error&) {
  // A user who may not look there does not write there either: these leases are another user's.
}

void HostsNames::build_index() {
  for (const auto& file : files_) {
    for (std::string_view rest = file->text; !rest.empty();) {
      const std::string_view line = take_line(rest);
      const auto add = [&](std::string_view name) {
        // The chain is known when the number of all is.
        const std::string_view label = label_of(name);
        const auto hash = static_cast<std::uint32_t>(Hash::of(label.data(), label.size()));
        entries_.push_back({file.get(), line, hash});
      };
      if (file->reserves) {
        add(DhcpHostLine::parse(line).name);
      } else {
        visit_names(line, add);
      }
    }
  }
  buckets_.assign(std::bit_ceil(entries_.size() + 1), 0);
  for (std::size_t n = entries_.size(); n > 0; --n) {
    std::uint32_t& next = entries_[n - 1].next;
    std::uint32_t& first = buckets_[next % buckets_.size()];
    next = std::exchange(first, static_cast<std::uint32_t>(n));
  }
}

/// There may be lines among them that do not have the label, or one twice.
std::vector<HostsNames::Line> HostsNames::lines_near(std::string_view label, std::string_view network) const {
  std::vector<Line> lines;
  if (entries_.empty()) return lines;
  const auto hash = static_cast<std::uint32_t>(Hash::of(label.data(), label.size()));
  for (std::uint32_t next = buckets_[hash % buckets_.size()]; next != 0; next = entries_[next - 1].next) {
    const Entry& entry = entries_[next - 1];
    if (!entry.file->network || equal_folded(*entry.file->network, network))
      lines.push_back({entry.file, entry.line});
  }
  return lines;
}

std::optional<std::string> HostsNames::holder(const std::vector<Line>& lines, const Lease& lease,
                                              const std::string& name) {
  std::optional<std::string> other;
  for (const Line& line : lines) {
    if (line.file->reserves || !has_name(line.text, name)) continue;
    std::string_view text = line.text;
    const auto address = parse_ip(take_word(text));
    if (!address || address->family != lease.address.family) continue;
    if (*address == lease.address) return {};
    if (!other) other = "is given to " + std::string(IpText(*address).view()) + " by " + line.file->path;
  }
  return other;
}

/// If too little is known of a client to compare it, it is assumed to be the right one.
std::optional<std::string> HostsNames::reserver(const std::vector<Line>& lines, const Lease& lease,
                                                std::string_view label) {
  const File* file = nullptr;
  for (const Line& line : lines) {
    if (!line.file->reserves) continue;
    const DhcpHostLine host = DhcpHostLine::parse(line.text);
    if (label_of(host.name) != label) continue;
    if (reserved_for(host, lease) != ReservedFor::another) return {};
    file = line.file;
  }
  if (file == nullptr) return {};
  return "is reserved for another client by " + file->path;
}

std::optional<std::string> HostsNames::refusal(const Lease& lease) const {
  const std::string label = folded(lease.hostname);
  const std::vector<Line> lines = lines_near(label, lease.network);
  if (label.empty() || lines.empty()) return {};
  for (const std::string& name : names_of(lease, label)) {
    if (auto refused = holder(lines, lease, name)) return refused;
  }
  return reserver(lines, lease, label);
}

void HostsNames::add_to(Fingerprint& fingerprint) const {
  fingerprint.add(label_);
  fingerprint.add(std::uint64_t{files_.size()});
  for (const auto& file : files_) {
    fingerprint.add(file->path);
    fingerprint.add(std::uint64_t{file->network.has_value()});
    fingerprint.add(file->network.value_or(std::string()));
    fingerprint.add(std::uint64_t{file->reserves});
    fingerprint.add(file->text);
  }
}

}  // namespace leases
