#include "share/peer_leases.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <vector>

#include "import/status_parser.h"
#include "share/host_sign.h"
#include "share/peer_policy.h"
#include "share/record.h"
#include "store/status_file.h"
#include "util/clock.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/log.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases::share {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".status";
constexpr mode_t kReadable = 0644;
/// Of a record beside its value, in bytes, about.
constexpr std::size_t kOverhead = 128;
/// Of a key, in the log.
constexpr std::size_t kLongestTold = 120;
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

/// Clocks that agree that well are taken for the same, so that a file does not change with each sign of life.
constexpr std::int64_t kSameTime = 2;

std::uint64_t moved(std::uint64_t seconds, std::int64_t ahead) {
  if (ahead >= 0)
    return seconds > static_cast<std::uint64_t>(ahead) ? seconds - static_cast<std::uint64_t>(ahead) : 1;
  return seconds + static_cast<std::uint64_t>(-ahead);
}

/// A time of a host whose clock is ahead by some seconds, as this host's clock has it. A change is never in
/// the future, or those of this host would come after it.
void move_times(Lease& lease, std::int64_t ahead, EpochSeconds present) {
  if (!lease.expiry.infinite()) lease.expiry.seconds = moved(lease.expiry.seconds, ahead);
  const std::uint64_t seconds = lease.changed.nanoseconds / kNanoseconds;
  const std::uint64_t rest = lease.changed.nanoseconds % kNanoseconds;
  lease.changed.nanoseconds = std::min(moved(seconds, ahead), present.value) * kNanoseconds + rest;
}

void write_if_changed(const Directory& directory, const std::string& name, const std::string& text) {
  const RegularFile present = read_regular_file(directory, name, text.size() + 1);
  if (present.read() && present.text == text) return;
  NewFile file(directory, name);
  file.set_mode(kReadable);
  const std::array<std::string_view, 1> pieces{text};
  file.write(pieces);
  file.put_in_place();
}

}  // namespace

PeerLeases::PeerLeases(const ShareSettings& settings, std::string directory, std::string own_host)
    : settings_(settings), directory_(std::move(directory)), own_host_(std::move(own_host)) {}

void PeerLeases::begin_all() {
  ++round_;
  is_reading_ = true;
  lines_left_ = kMostLines;
}

void PeerLeases::end_all() {
  for (auto host = hosts_.begin(); host != hosts_.end();) {
    for (auto& [name, network] : host->second.networks) {
      for (auto record = network.begin(); record != network.end();) {
        const auto next = std::next(record);
        if (record->second.round != round_) {
          erase(host->second, network, record);
          changed_.emplace(host->first, name);
        }
        record = next;
      }
    }
    std::erase_if(host->second.networks, [](const auto& network) { return network.second.empty(); });
    if (host->second.sign_round != round_) host->second.sign_round = 0;
    forget_if_gone(host++);
  }
  is_reading_ = false;
  removes_unknown_ = true;
}

void PeerLeases::put(std::string_view key, std::string value, Moment moment, EpochSeconds present) {
  const auto parts = SharedKey::parse(key);
  if (!parts)
    return tell(std::string(key.substr(0, kLongestTold)) +
                ": is not a key of schema/etcd.md; it is left out");
  if (parts->host == own_host_ || !is_peer(settings_, parts->host)) return;
  if (parts->network.empty()) {
    put_sign(parts->host, value, moment, present);
  } else {
    put_record(*parts, std::move(value));
  }
}

/// A sign that was found later was given some time ago, at most as long as hosts wait from one to the next:
/// then the clock seems to be behind by as much, and leases last a little longer, until the next sign comes.
void PeerLeases::put_sign(std::string_view name, std::string_view value, Moment moment,
                          EpochSeconds present) {
  const auto sign = HostSign::parse(value);
  if (!sign) return tell("the host " + std::string(name) + " does not say what time it has");
  Host* const peer = host_called(name);
  if (peer == nullptr) return;
  Host& host = *peer;
  host.sign_round = round_;
  if (moment == Moment::past && host.ahead) return;
  std::int64_t ahead = static_cast<std::int64_t>(sign->time.value) - static_cast<std::int64_t>(present.value);
  if (ahead >= -kSameTime && ahead <= kSameTime) ahead = 0;
  const std::int64_t before = host.ahead.value_or(0);
  const bool is_same =
      ahead - before >= -kSameTime && ahead - before <= kSameTime && (ahead == 0) == (before == 0);
  host.ahead = is_same ? before : ahead;
  if (is_same) return;
  for (const auto& [network, records] : host.networks) changed_.emplace(name, network);
}

void PeerLeases::put_record(const SharedKey& key, std::string value) {
  if (!is_record_of(value, key.address)) {
    tell("the lease of " + std::string(IpText(key.address).view()) + " of the host " + std::string(key.host) +
         " cannot be read; it is left out");
    return remove(record_key(key.host, key.network, key.address));
  }
  Host* const host = host_called(key.host);
  if (host == nullptr) return;
  if (!has_room(*host, key, value.size())) {
    tell("the host " + std::string(key.host) +
         " shares too much, or all hosts together do; the rest is left out");
    return remove(record_key(key.host, key.network, key.address));
  }
  Network& network = host->networks[std::string(key.network)];
  const auto [record, is_new] = network.try_emplace(key.address, Record{{}, round_});
  record->second.round = round_;
  if (is_new) {
    ++host->records;
    bytes_ += kOverhead;
  }
  if (record->second.value == value) return;
  bytes_ += value.size();
  bytes_ -= record->second.value.size();
  record->second.value = std::move(value);
  changed_.emplace(key.host, key.network);
}

/// Nothing if there are too many hosts.
PeerLeases::Host* PeerLeases::host_called(std::string_view name) {
  const auto known = hosts_.find(name);
  if (known != hosts_.end()) return &known->second;
  if (hosts_.size() < kMostHosts) return &hosts_.try_emplace(std::string(name)).first->second;
  tell("more than " + std::to_string(kMostHosts) + " hosts share leases; the rest is left out");
  return nullptr;
}

/// For a record of this size.
bool PeerLeases::has_room(const Host& host, const SharedKey& key, std::size_t size) const {
  const auto network = host.networks.find(key.network);
  if (network != host.networks.end()) {
    const auto known = network->second.find(key.address);
    if (known != network->second.end()) return bytes_ - known->second.value.size() + size <= kMostBytes;
  } else if (host.networks.size() >= kMostNetworks) {
    return false;
  }
  return host.records < kMostRecords && bytes_ + kOverhead + size <= kMostBytes;
}

void PeerLeases::tell(const std::string& what) {
  if (lines_left_ == 0) return;
  --lines_left_;
  log_line("etcd: " + what + (lines_left_ > 0 ? "" : "; no more is said of what is left out"));
}

void PeerLeases::remove(std::string_view key) {
  const auto parts = SharedKey::parse(key);
  const auto host = parts ? hosts_.find(parts->host) : hosts_.end();
  if (host == hosts_.end()) return;
  if (parts->network.empty()) {
    host->second.sign_round = 0;
    forget_if_gone(host);
  } else {
    erase_record(host, parts->network, parts->address);
  }
}

void PeerLeases::forget_if_gone(Hosts::iterator host) {
  if (host->second.networks.empty() && host->second.sign_round == 0) hosts_.erase(host);
}

void PeerLeases::erase(Host& host, Network& network, Network::iterator record) {
  --host.records;
  bytes_ -= record->second.value.size() + kOverhead;
  network.erase(record);
}

void PeerLeases::erase_record(Hosts::iterator host, std::string_view name, const IpAddress& address) {
  const auto network = host->second.networks.find(name);
  if (network == host->second.networks.end()) return;
  const auto record = network->second.find(address);
  if (record == network->second.end()) return;
  erase(host->second, network->second, record);
  changed_.emplace(host->first, name);
  if (!network->second.empty()) return;
  host->second.networks.erase(network);
  forget_if_gone(host);
}

std::string PeerLeases::text_of(const std::string& host, const std::string& network) const {
  const Host& peer = hosts_.find(host)->second;
  const PeerPolicy& policy = settings_.policy_of(host);
  const EpochSeconds present = now();
  std::string text;
  // One by one: what a host puts into its records must not be in memory all at once, taken apart.
  for (const auto& [address, record] : peer.networks.find(network)->second) {
    ParsedFile parsed = parse_shared_status('[' + record.value + ']', network, {1});
    for (Lease& lease : parsed.leases) {
      limit(lease, policy);
      move_times(lease, peer.ahead.value_or(0), present);
      text.append(text.empty() ? "[\n" : ",\n").append(shared_record_text(lease));
    }
  }
  return text.empty() ? std::string(kEmptyStatus) : text + "\n]\n";
}

void PeerLeases::write_network(const std::string& host, const std::string& network) {
  const auto peer = hosts_.find(host);
  const std::string path = directory_ + '/' + host;
  const std::string name = network + std::string(kEnding);
  if (peer == hosts_.end() || !peer->second.networks.contains(network)) {
    ::unlink((path + '/' + name).c_str());
    ::rmdir(path.c_str());  // if it was the last
    return;
  }
  write_if_changed(Directory::open_or_create(path), name, text_of(host, network));
}

/// Of hosts and networks that went while nobody looked.
void PeerLeases::remove_unknown() {
  std::error_code error;
  std::vector<std::pair<std::string, std::string>> unknown;
  for (const auto& directory : fs::directory_iterator(directory_, error)) {
    const std::string host = directory.path().filename().string();
    const auto peer = hosts_.find(host);
    if (!directory.is_directory(error)) continue;
    for (const auto& file : fs::directory_iterator(directory.path(), error)) {
      const std::string network = file.path().stem().string();
      if (file.path().extension() == kEnding &&
          (peer == hosts_.end() || !peer->second.networks.contains(network)))
        unknown.emplace_back(host, network);
    }
  }
  for (const auto& [host, network] : unknown) write_network(host, network);
}

void PeerLeases::write() {
  std::string problem;
  for (auto place = changed_.begin(); place != changed_.end();) {
    try {
      write_network(place->first, place->second);
      place = changed_.erase(place);
    } catch (const Error& error) {
      problem = error.what();
      ++place;
    }
  }
  if (removes_unknown_) remove_unknown();
  removes_unknown_ = false;
  if (!problem.empty()) throw Error(problem);
}

}  // namespace leases::share
