#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsmasq/process.h"
#include "util/directory.h"

namespace leases {

/// The registry is the only file of a directory of its own in the state directory, so that a program that
/// watches it is not woken by each lease.
inline constexpr const char* kServersDirectory = "servers";
inline constexpr const char* kServersFile = "known";

/// A dnsmasq as it shows itself when it calls the helper. libvirt's are told apart by their bridge instead,
/// since each has one and says so.
struct CallingServer {
  std::string key;                  ///< options_key(), or "libvirt:BRIDGE"
  ProcessIdentity process{};        ///< of this start; all 0 if it could not be found
  std::string network_namespace{};  ///< network_namespace(), or empty
  LeaseDatabase leases{};
  /// Whether what is known was brought up to date with its lease file since this start.
  bool is_followed = false;

  [[nodiscard]] bool is_of_libvirt() const { return key.starts_with("libvirt:"); }
};

/// A network that a server serves. Two servers in different network namespaces may call theirs the same.
struct ServedNetwork {
  std::string name;   ///< by which its leases are kept
  std::string asked;  ///< the interface, or what NSS_LEASES_NETWORK says

  friend bool operator==(const ServedNetwork&, const ServedNetwork&) = default;
};

struct KnownServer {
  CallingServer server;
  std::vector<ServedNetwork> networks;
  bool is_noted = false;  ///< it has called before
};

/// Which dnsmasq serves which networks: the file `servers/known` in the state directory (schema/servers.md).
/// An address is leased once by each server, whatever network that was in, and `init` gives each its own
/// leases. No lease depends on this file: without it, servers are known again from their next calls on.
class ServerRegistry {
 public:
  /// Lines that cannot be understood are left out; a file that cannot be opened counts as none. Throws
  /// Error if the system fails.
  static ServerRegistry read(const Directory& state_directory);
  /// Throws Error.
  void write(const Directory& state_directory) const;

  [[nodiscard]] const std::vector<KnownServer>& servers() const { return servers_; }
  /// The server that makes calls by this process; nullptr if there is none.
  [[nodiscard]] const KnownServer* find(const ProcessIdentity& process) const;
  /// The server that `caller` is, perhaps restarted; nullptr if it is not known.
  [[nodiscard]] const KnownServer* find(const CallingServer& caller) const;

  [[nodiscard]] bool serves(const CallingServer& caller, std::string_view network) const;
  /// Whether any server is known to serve it.
  [[nodiscard]] bool is_served(std::string_view network) const;
  /// Whether exactly one is.
  [[nodiscard]] bool is_served_by_one(std::string_view network) const;

  /// Whether a server that starts is given the leases of a network: of the one it asks for, if it does, and
  /// of those that it serves. If it does not ask, also of networks that nobody is known to serve; and if it
  /// is not known itself, of those of servers that have stopped, for it may be one of them with other
  /// options. A person is given all but libvirt's.
  [[nodiscard]] bool gives(const std::optional<CallingServer>& starting, std::string_view asked,
                           std::string_view network) const;

  /// Notes how the server shows itself now. True if it was restarted since the last call.
  bool note(const CallingServer& caller);
  /// Notes that what is known is up to date with the server's lease file.
  void note_followed(const CallingServer& server);
  /// Notes that it may not be, if the server is known.
  void note_pending(const CallingServer& server);
  /// Forgets servers that have stopped and of whose networks `has_leases` says that they have none.
  void forget_idle(const std::function<bool(const std::string& network)>& has_leases);
  /// The name of the network that this server calls `asked`, noted if it is new: another name,
  /// NAME@NAMESPACE, if `asked` is that of a server in another network namespace which runs or of which
  /// `has_leases` says that it still has some. `is_given`: an administrator gave the name, and it stands.
  std::string network_of(const CallingServer& caller, const std::string& asked, bool is_given,
                         const std::function<bool(const std::string& network)>& has_leases);
  /// Forgets a network, and servers that have none and do not run.
  void forget(std::string_view network);
  /// Whether it was changed since it was read, or has to be written anew in the form of today.
  [[nodiscard]] bool is_changed() const { return changed_; }

 private:
  KnownServer& entry_of(const CallingServer& caller);
  void remove_others(const KnownServer& server, const std::string& network);

  std::vector<KnownServer> servers_;
  bool changed_ = false;
};

}  // namespace leases
