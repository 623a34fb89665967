#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsmasq/process.h"
#include "util/directory.h"

namespace leases {

/// The registry has its own directory in the state directory, so a program that watches it is not woken by
/// every lease.
inline constexpr const char* kServersDirectory = "servers";
inline constexpr const char* kServersFile = "known";

/// A dnsmasq as the helper sees it when called. Those of libvirt are identified by their bridge, which each
/// one names.
struct CallingServer {
  std::string key;                  ///< options_key(), or "libvirt:BRIDGE"
  ProcessIdentity process{};        ///< of this start; all 0 if it could not be found
  std::string network_namespace{};  ///< network_namespace(), or empty
  LeaseDatabase leases{};
  /// Whether its lease file has been read since this start.
  bool is_followed = false;
  std::string asked{};     ///< its NSS_LEASES_NETWORK, when it calls
  bool has_ended = false;  ///< when it calls: what is left of it works through its queue

  [[nodiscard]] bool is_of_libvirt() const { return key.starts_with("libvirt:"); }
};

/// A network that a server serves. Servers in different network namespaces may use the same name.
struct ServedNetwork {
  std::string name;   ///< under which its leases are kept
  std::string asked;  ///< the server's name for it: the interface, or NSS_LEASES_NETWORK

  friend bool operator==(const ServedNetwork&, const ServedNetwork&) = default;
};

struct KnownServer {
  CallingServer server;
  std::vector<ServedNetwork> networks;
  bool is_noted = false;  ///< it has called before

  [[nodiscard]] bool serves(std::string_view network) const;
};

/// Which dnsmasq serves which networks: the file `servers/known` in the state directory (schema/servers.md).
/// Each server leases an address once, in one network, and `init` gives each server its own leases. No lease
/// depends on this file: if it is lost, servers are known again after their next calls.
class ServerRegistry {
 public:
  /// Lines that cannot be understood are left out; a file that cannot be opened counts as none. Throws
  /// Error if the system fails.
  static ServerRegistry read(const Directory& state_directory);
  /// Throws Error.
  void write(const Directory& state_directory) const;

  [[nodiscard]] const std::vector<KnownServer>& servers() const { return servers_; }
  /// The server that calls from this process; nullptr if there is none.
  [[nodiscard]] const KnownServer* find(const ProcessIdentity& process) const;
  /// The server that `caller` is, perhaps restarted; nullptr if it is not known. Several may have one key,
  /// their command lines naming the same files or none: then it is none that goes on running, and of the
  /// others rather the one that serves the network that the caller asks for.
  [[nodiscard]] const KnownServer* find(const CallingServer& caller) const;

  [[nodiscard]] bool serves(const CallingServer& caller, std::string_view network) const;
  /// Whether any server is known to serve it.
  [[nodiscard]] bool is_served(std::string_view network) const;
  /// Whether exactly one is.
  [[nodiscard]] bool is_served_by_one(std::string_view network) const;

  /// Whether a server that starts is given the leases of a network. If it asks for one, it is given those of
  /// that network and of no other. If not, it is given those of the networks that it serves and of networks
  /// without a known server. If it is not known either, it may be a stopped server with other options, so it
  /// is also given the leases of those that stopped in its network namespace. A person is given all but
  /// libvirt's.
  [[nodiscard]] bool gives(const std::optional<CallingServer>& starting, std::string_view asked,
                           std::string_view network) const;

  /// Notes the server as it is now. True if it was restarted since its last call.
  bool note(const CallingServer& caller);
  /// Notes that the leases are up to date with the server's lease file.
  void note_followed(const CallingServer& server);
  /// Notes that they may not be, if the server is known.
  void note_pending(const CallingServer& server);
  /// Forgets servers that have stopped and whose networks have no leases, according to `has_leases`.
  void forget_idle(const std::function<bool(const std::string& network)>& has_leases);
  /// The name of the network that this server calls `asked`; notes it if it is new. The name is
  /// NAME@NAMESPACE if a server in another network namespace uses `asked`, and that server runs or its
  /// network still has leases (`has_leases`). `is_given`: an administrator chose the name, so it is kept.
  std::string network_of(const CallingServer& caller, const std::string& asked, bool is_given,
                         const std::function<bool(const std::string& network)>& has_leases);
  /// Forgets a network, and servers that have none and do not run.
  void forget(std::string_view network);
  /// Whether it has changed since it was read, or is in an old format and has to be written again.
  [[nodiscard]] bool is_changed() const { return changed_; }

 private:
  KnownServer& entry_of(const CallingServer& caller);
  void remove_others(const KnownServer& server, const std::string& network);

  std::vector<KnownServer> servers_;
  bool changed_ = false;
};

}  // namespace leases
