#include "dnsmasq/server_registry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

#include "store/network_name.h"
#include "store/store_error.h"
#include "util/decimal.h"
#include "util/error.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases {

namespace {

/// Room for some ten thousand networks. A larger file is not ours.
constexpr std::size_t kMaxSize = std::size_t{1} << 20;

constexpr std::string_view kServer = "server";
constexpr std::string_view kNetwork = "network";
constexpr std::array<std::string_view, 3> kDatabases{"unknown", "file", "helper"};
constexpr std::string_view kFollowed = "followed";
constexpr std::string_view kPending = "pending";
constexpr std::string_view kBoot = "boot:";

/// Cuts off the next word.
std::string_view next_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

std::string word_or_dash(const std::string& text) {
  return text.empty() || text.find_first_of(" \n") != std::string::npos ? "-" : text;
}

std::string text_or_nothing(std::string_view word) {
  return word == "-" ? std::string() : std::string(word);
}

/// Cuts off the word for the boot; nothing if an older release wrote the line, without one.
std::optional<std::string> boot_in(std::string_view& rest) {
  if (!rest.starts_with(kBoot)) return {};
  return text_or_nothing(next_word(rest).substr(kBoot.size()));
}

std::optional<CallingServer> parse_server(std::string_view rest) {
  const std::string_view key = next_word(rest);
  const auto id = parse_decimal<unsigned>(next_word(rest));
  const auto started = parse_decimal<std::uint64_t>(next_word(rest));
  const auto boot = boot_in(rest);
  const std::string_view network_namespace = next_word(rest);
  const auto database = std::ranges::find(kDatabases, next_word(rest));
  const bool is_followed = next_word(rest) == kFollowed;
  const auto directory = parse_decimal<std::uint64_t>(next_word(rest));
  if (key.empty() || !id || !started || database == kDatabases.end() || !directory || rest.empty()) return {};
  CallingServer server;
  server.key = key;
  server.process = {static_cast<pid_t>(*id), *started, boot.value_or(*id == 0 ? std::string() : boot_id())};
  server.network_namespace = text_or_nothing(network_namespace);
  server.leases.kind = static_cast<LeaseDatabase::Kind>(database - kDatabases.begin());
  server.leases.file = text_or_nothing(rest);
  server.leases.directory_id = *directory;
  server.is_followed = is_followed;
  return server;
}

std::string text_of(const CallingServer& server) {
  // A line break in the path would begin another line, so such a file counts as unknown.
  const bool is_line = server.leases.file.find('\n') == std::string::npos;
  const LeaseDatabase leases = is_line ? server.leases : LeaseDatabase();
  std::string text(kServer);
  const auto add = [&text](std::string_view word) { text.append(" ").append(word); };
  add(server.key);
  add(std::to_string(server.process.id));
  add(std::to_string(server.process.started));
  add(std::string(kBoot) + word_or_dash(server.process.boot));
  add(word_or_dash(server.network_namespace));
  add(kDatabases[static_cast<std::size_t>(leases.kind)]);
  add(server.is_followed ? kFollowed : kPending);
  add(std::to_string(leases.directory_id));
  add(leases.file.empty() ? "-" : leases.file);
  return text + '\n';
}

/// Nothing if it does not exist, or cannot be opened for a lasting reason: no lease depends on it.
std::optional<Directory> servers_directory(const Directory& state_directory) try {
  return Directory::open_existing(state_directory.path_of(kServersDirectory));
} catch (const Error& error) {
  if (!is_permanent(error.error())) throw;
  return {};
}

bool are_named(const KnownServer& a, const CallingServer& b) {
  return is_named_namespace(a.server.network_namespace) && is_named_namespace(b.network_namespace);
}

/// After a boot, a namespace without a name cannot be recognised.
bool are_in_different_namespaces(const KnownServer& known, const CallingServer& caller) {
  return are_named(known, caller) && known.server.network_namespace != caller.network_namespace;
}

/// The number of a namespace without a name changes with each boot and each time it is made.
bool may_be_same(const KnownServer& known, const CallingServer& caller) {
  if (known.server.key != caller.key) return false;
  if (caller.is_of_libvirt()) return true;
  // A dnsmasq that calls for the first time is not one that goes on, but what is left of an ended one may be.
  if (!caller.has_ended && runs_scripts(known.server.process)) return false;
  return known.server.network_namespace == caller.network_namespace ||
         (!are_named(known, caller) && !is_running(known.server.process));
}

bool has_asked_for(const KnownServer& server, std::string_view asked) {
  return std::ranges::any_of(server.networks,
                             [&](const ServedNetwork& served) { return served.asked == asked; });
}

bool has_got(const KnownServer& server, std::string_view network, std::string_view asked) {
  return std::ranges::any_of(server.networks, [&](const ServedNetwork& served) {
    return served.asked == asked && served.name == network;
  });
}

/// 0 if they are not the same server.
int likeness(const KnownServer& known, const CallingServer& caller) {
  if (!may_be_same(known, caller)) return 0;
  return 1 + (known.server.network_namespace == caller.network_namespace ? 1 : 0) +
         (has_asked_for(known, caller.asked) ? 2 : 0);
}

/// What a namespace is called in the name of a network.
std::string suffix_of(const CallingServer& server) {
  constexpr std::string_view kNamed = "name:";
  const std::string& name = server.network_namespace;
  return name.starts_with(kNamed) ? name.substr(kNamed.size()) : std::string("2");
}

}  // namespace

bool KnownServer::serves(std::string_view network) const {
  return std::ranges::any_of(networks, [&](const ServedNetwork& served) { return served.name == network; });
}

ServerRegistry ServerRegistry::read(const Directory& state_directory) {
  ServerRegistry registry;
  const auto directory = servers_directory(state_directory);
  const RegularFile file = directory ? read_regular_file(*directory, kServersFile, kMaxSize) : RegularFile();
  std::string_view text = file.text;
  bool is_understood = false;
  for (; !text.empty(); text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1)) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    std::string_view line = whole;
    const std::string_view word = next_word(line);
    if (word == kServer) {
      const auto server = parse_server(line);
      is_understood = server.has_value();
      if (!server) continue;
      registry.servers_.push_back({*server, {}, true});
      // A line of an older release, without a boot, counts as this boot's. It is soon written again.
      registry.changed_ = registry.changed_ || text_of(*server) != std::string(whole) + '\n';
    } else if (word == kNetwork && is_understood) {
      const std::string_view name = next_word(line);
      if (is_network_name(name) && is_network_name(line))
        registry.servers_.back().networks.push_back({std::string(name), std::string(line)});
    }
  }
  return registry;
}

void ServerRegistry::write(const Directory& state_directory) const {
  std::string text;
  for (const KnownServer& known : servers_) {
    text += text_of(known.server);
    for (const ServedNetwork& network : known.networks)
      text.append(kNetwork).append(" " + network.name + " " + network.asked + "\n");
  }
  at_store(state_directory.path(), [&] {
    const Directory directory = Directory::open_or_create(state_directory.path_of(kServersDirectory));
    NewFile file(directory, kServersFile);
    file.write(std::array{std::string_view(text)});
    file.sync();
    file.put_in_place();
  });
}

const KnownServer* ServerRegistry::find(const ProcessIdentity& process) const {
  const auto found = std::ranges::find_if(
      servers_, [&](const KnownServer& known) { return known.server.process == process; });
  return process.id > 0 && found != servers_.end() ? &*found : nullptr;
}

const KnownServer* ServerRegistry::find(const CallingServer& caller) const {
  const KnownServer* found = find(caller.process);
  if (found != nullptr && found->server.key == caller.key) return found;
  found = nullptr;
  int most_alike = 0;
  for (const KnownServer& known : servers_) {
    const int alike = likeness(known, caller);
    if (alike <= most_alike) continue;
    most_alike = alike;
    found = &known;
  }
  return found;
}

bool ServerRegistry::serves(const CallingServer& caller, std::string_view network) const {
  const KnownServer* known = find(caller);
  return known != nullptr && known->serves(network);
}

bool ServerRegistry::is_served(std::string_view network) const {
  return std::ranges::any_of(servers_, [&](const KnownServer& known) { return known.serves(network); });
}

bool ServerRegistry::is_served_by_one(std::string_view network) const {
  return std::ranges::count_if(servers_, [&](const KnownServer& known) { return known.serves(network); }) ==
         1;
}

bool ServerRegistry::gives(const std::optional<CallingServer>& starting, std::string_view asked,
                           std::string_view network) const {
  const KnownServer* known = starting ? find(*starting) : nullptr;
  if (!asked.empty()) return network == asked || (known != nullptr && has_got(*known, network, asked));
  if (known != nullptr && known->serves(network)) return true;
  return std::ranges::none_of(servers_, [&](const KnownServer& other) {
    if (!other.serves(network)) return false;
    if (other.server.is_of_libvirt() || known != nullptr) return true;
    return starting && (is_running(other.server.process) || are_in_different_namespaces(other, *starting));
  });
}

KnownServer& ServerRegistry::entry_of(const CallingServer& caller) {
  if (const KnownServer* known = find(caller))
    return servers_[static_cast<std::size_t>(known - servers_.data())];
  changed_ = true;
  return servers_.emplace_back(KnownServer{caller, {}, false});
}

bool ServerRegistry::note(const CallingServer& caller) {
  KnownServer& known = entry_of(caller);
  CallingServer noted = caller;
  const LeaseDatabase& before = known.server.leases;
  if (noted.leases.kind == LeaseDatabase::Kind::unknown) noted.leases = before;
  if (noted.leases.kind == LeaseDatabase::Kind::helper && noted.leases.file.empty()) {
    noted.leases.file = before.file;
    noted.leases.directory_id = before.directory_id;
  }
  const bool is_new_start = !known.is_noted || known.server.process != noted.process;
  noted.is_followed = !is_new_start && known.server.is_followed;
  changed_ = changed_ || is_new_start || known.server.leases != noted.leases ||
             known.server.network_namespace != noted.network_namespace;
  known.server = noted;
  known.is_noted = true;
  return is_new_start;
}

void ServerRegistry::note_followed(const CallingServer& server) {
  KnownServer& known = entry_of(server);
  changed_ = changed_ || !known.server.is_followed;
  known.server.is_followed = true;
}

void ServerRegistry::note_pending(const CallingServer& server) {
  if (find(server) == nullptr) return;
  KnownServer& known = entry_of(server);
  changed_ = changed_ || known.server.is_followed;
  known.server.is_followed = false;
}

void ServerRegistry::forget_idle(const std::function<bool(const std::string& network)>& has_leases) {
  const auto is_idle = [&](const KnownServer& known) {
    return !is_running(known.server.process) &&
           std::ranges::none_of(known.networks,
                                [&](const ServedNetwork& network) { return has_leases(network.name); });
  };
  changed_ = std::erase_if(servers_, is_idle) > 0 || changed_;
}

std::string ServerRegistry::network_of(const CallingServer& caller, const std::string& asked, bool is_given,
                                       const std::function<bool(const std::string& network)>& has_leases) {
  KnownServer& known = entry_of(caller);
  for (const ServedNetwork& network : known.networks) {
    if (network.asked == asked) return network.name;
  }
  const auto belongs_to_another = [&](const std::string& name) {
    return std::ranges::any_of(servers_, [&](const KnownServer& other) {
      return &other != &known && other.serves(name) &&
             other.server.network_namespace != caller.network_namespace &&
             (is_running(other.server.process) || (are_named(other, caller) && has_leases(name)));
    });
  };
  std::string name = asked;
  if (!is_given && belongs_to_another(asked)) {
    name = asked + '@' + suffix_of(caller);
    for (int number = 2; !is_network_name(name) || belongs_to_another(name); ++number)
      name = asked + '@' + std::to_string(number);
  }
  remove_others(known, name);
  known.networks.push_back({name, asked});
  changed_ = true;
  return name;
}

/// A stopped server no longer serves a network that another one serves now.
void ServerRegistry::remove_others(const KnownServer& server, const std::string& network) {
  for (KnownServer& other : servers_) {
    if (&other == &server || is_running(other.server.process)) continue;
    std::erase_if(other.networks, [&](const ServedNetwork& served) { return served.name == network; });
  }
}

void ServerRegistry::forget(std::string_view network) {
  for (KnownServer& known : servers_) {
    changed_ = std::erase_if(known.networks,
                             [&](const ServedNetwork& served) { return served.name == network; }) > 0 ||
               changed_;
  }
  changed_ = std::erase_if(servers_,
                           [](const KnownServer& known) {
                             return known.networks.empty() && !is_running(known.server.process);
                           }) > 0 ||
             changed_;
}

}  // namespace leases
