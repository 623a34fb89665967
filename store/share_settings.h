#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases {

/// Which names and domains another host may share. What it shares beyond that is kept and listed, but not
/// resolved.
struct PeerPolicy {
  /// Globs of fnmatch(3), compared without case; nothing: any name.
  std::optional<std::vector<std::string>> names{};
  /// In lower case. A domain that is not among them is taken from the lease, which else could have a name of
  /// anybody's in the DNS.
  std::vector<std::string> domains{};
};

/// The [share] section of nss-leases.conf(5): leases shared with other hosts through etcd.
struct ShareSettings {
  bool has_section = false;  ///< what was shared stays while something in the section is wrong
  /// "https://name:2379"; empty: nothing is shared.
  std::vector<std::string> endpoints{};
  std::string host{};                   ///< what others call this host; empty: its own name
  std::vector<std::string> networks{};  ///< those that others see, as globs of fnmatch(3)
  /// The names that other hosts may have, as globs; nothing: any name.
  std::optional<std::vector<std::string>> hosts{};
  std::string ca_file{};  ///< absolute paths; empty: none
  std::string certificate_file{};
  std::string key_file{};
  std::string user{};  ///< of etcd; empty: none
  std::string password_file{};
  /// How long this host's leases stay after its last sign of life.
  std::chrono::seconds time_out{30};
  PeerPolicy all{};                           ///< of hosts without a policy of their own
  std::map<std::string, PeerPolicy> peers{};  ///< by the host's name

  [[nodiscard]] const PeerPolicy& policy_of(const std::string& peer) const {
    const auto own = peers.find(peer);
    return own != peers.end() ? own->second : all;
  }
  [[nodiscard]] bool is_on() const { return !endpoints.empty(); }
};

/// Where, in a state directory, leases-share keeps what other hosts share: HOST/NETWORK.status.
inline constexpr std::string_view kSharedDirectory = "shared";

/// Whether a network is one that others see.
bool is_shared(const ShareSettings& share, std::string_view network);

/// Whether what a host of this name shares counts.
bool is_peer(const ShareSettings& share, std::string_view host);

}  // namespace leases
