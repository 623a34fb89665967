#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/address.h"
#include "common/time.h"
#include "share/keys.h"
#include "store/share_settings.h"

namespace leases::share {

/// Whether an event was met as it happened, or found later.
enum class Moment : bool { past, present };

/// What the other hosts share, as etcd has it, and its files: HOST/NETWORK.status below a directory, from
/// which the importer takes it. A host's times are moved by what its clock differs from this one's.
class PeerLeases {
 public:
  /// `own_host` is left out. The settings must outlive this object.
  PeerLeases(const ShareSettings& settings, std::string directory, std::string own_host);

  /// Everything is told again, between these two: what is not told is gone.
  void begin_all();
  void end_all();

  /// A key below kPrefix has this value now. What cannot be used is left out, with a line in the log.
  void put(std::string_view key, std::string value, Moment moment, EpochSeconds present);
  void remove(std::string_view key);

  /// Not while everything is told again: what is known so far would take the place of all that is in the
  /// files.
  [[nodiscard]] bool any_to_write() const { return !is_reading_ && (!changed_.empty() || removes_unknown_); }
  /// Brings the files up to date. Throws Error if one cannot be written, after the others.
  void write();

  /// As kMostBytes counts.
  [[nodiscard]] std::size_t byte_count() const { return bytes_; }

  /// Of one host.
  static constexpr std::size_t kMostRecords = 200'000;
  static constexpr std::size_t kMostNetworks = 256;
  /// Of all: somebody may make hosts up. Bytes are those of the records, with what is kept for each.
  static constexpr std::size_t kMostHosts = 4096;
  static constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
  /// In the log, until everything is told again: what is left out is up to others.
  static constexpr unsigned kMostLines = 20;

 private:
  struct Record {
    std::string value;
    std::uint64_t round;
  };
  using Network = std::map<IpAddress, Record>;
  struct Host {
    std::map<std::string, Network, std::less<>> networks;
    std::size_t records = 0;
    std::uint64_t sign_round = 0;       ///< when it was last said that it is alive; 0: that it is not
    std::optional<std::int64_t> ahead;  ///< its clock, in seconds; nothing: not known
  };
  using Hosts = std::map<std::string, Host, std::less<>>;

  void put_sign(std::string_view name, std::string_view value, Moment moment, EpochSeconds present);
  void put_record(const SharedKey& key, std::string value);
  Host* host_called(std::string_view name);
  [[nodiscard]] bool has_room(const Host& host, const SharedKey& key, std::size_t size) const;
  void tell(const std::string& what);
  void erase(Host& host, Network& network, Network::iterator record);
  void forget_if_gone(Hosts::iterator host);
  void erase_record(Hosts::iterator host, std::string_view name, const IpAddress& address);
  void write_network(const std::string& host, const std::string& network);
  [[nodiscard]] std::string text_of(const std::string& host, const std::string& network) const;
  void remove_unknown();

  const ShareSettings& settings_;
  std::string directory_;
  std::string own_host_;
  Hosts hosts_;
  std::size_t bytes_ = 0;  ///< as kMostBytes counts
  unsigned lines_left_ = kMostLines;
  std::uint64_t round_ = 0;
  bool is_reading_ = false;
  bool removes_unknown_ = false;
  std::set<std::pair<std::string, std::string>> changed_;  ///< host and network
};

}  // namespace leases::share
