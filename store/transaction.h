#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/indexed_source.h"
#include "store/overlay.h"
#include "store/settings.h"
#include "store/status_text.h"
#include "store/store_lock.h"
#include "store/writable_index.h"
#include "util/directory.h"

namespace leases {

inline constexpr std::string_view kStatusSuffix = ".status";
inline constexpr std::string_view kMacMapSuffix = ".macs";

/// The name of a network's status file.
std::string status_name(std::string_view network);

/// The networks that have a status file in a directory, in the order of those names.
std::vector<std::string> networks_in(const Directory& state_directory);

/// Chooses networks by their names.
using NetworkFilter = std::function<bool(std::string_view network)>;

/// What a transaction needs besides the store's own directories.
enum class StoreMode : std::uint8_t {
  own,      ///< nothing
  libvirt,  ///< it keeps leases as libvirt's helper does: in libvirt's directory, if that exists
  import,   ///< it reads files of others
};

/// What a transaction does before it waits for the lock, for those who have to read others' files first:
/// makes the directories where needed and gives up the rights that it does not need, for good. Throws
/// Error.
void prepare_store(const Settings& settings, StoreMode use);

/// All leases: the status files, which are the truth, and the index, made from them. An object of this class
/// is a transaction: it holds the store's lock, so that nothing changes under it. Everything throws
/// Error.
///
/// A status file takes effect first, then the index. Killed in between, the next transaction sees from the
/// file's stamp that the index does not know it.
///
/// For libvirt, a network has two status files: libvirt's, which its own readers look at, and that in the
/// state directory for the leases that those cannot bear. A lease is in one of them.
class StoreTransaction {
 public:
  /// Makes the directories where needed, waits for the lock and opens the index. If this process is root and
  /// the state directory belongs to another user (dnsmasq's dhcp-scriptuser), it becomes that user for good.
  /// If something is wrong with the runtime directory, there is no index; an import then throws IndexError.
  explicit StoreTransaction(const Settings& settings, StoreMode use = StoreMode::own,
                            const LockWait& wait = {});

  /// Whether there is an index that could be used, if only to look something up in it.
  [[nodiscard]] bool has_index() const { return index_ || unwritable_index_; }
  /// Why the index does not have what this transaction changed; empty if it has, or if none could be opened.
  [[nodiscard]] const std::string& index_problem() const { return index_problem_; }
  /// Whether the index knows the status file of a network as it is now; if libvirt's are written, all files
  /// of the network.
  [[nodiscard]] bool is_current(std::string_view network) const;
  /// The same for all networks that the index or the state directory has.
  [[nodiscard]] bool is_current() const;
  /// Whether the index knows libvirt's files of a network as they are now; true unless this is for libvirt.
  [[nodiscard]] bool is_current_for_libvirt(std::string_view network) const;
  /// Whether a lease is kept by this transaction, or comes from a file of somebody else. For libvirt, also
  /// what is in libvirt's file though this process may not write it.
  [[nodiscard]] bool keeps(const Lease& lease) const;

  /// Whether a status file of the state directory is not there though the index has leases from it: that of a
  /// network or, if `network` is empty, any.
  [[nodiscard]] bool lacks_file(std::string_view network) const;
  /// Whether the index has something from a status file of libvirt's that is not there: libvirt removes it
  /// when it undefines the network.
  [[nodiscard]] bool knows_undefined_network() const;
  /// Whether this is for libvirt, and its status file of a network is not there.
  [[nodiscard]] bool lacks_libvirts_file(std::string_view network) const;

  [[nodiscard]] const Directory& state_directory() const { return state_directory_; }
  /// All leases, as the index has them. Valid until something is changed.
  [[nodiscard]] const IndexView& view() const { return view_; }
  /// The lease of an address in a network, of those that are kept here.
  [[nodiscard]] std::optional<Lease> find(std::string_view network, const IpAddress& address) const;
  /// The leases of a network, least recent change first, as they stand in its status file; `source` as in
  /// Lease.
  [[nodiscard]] std::vector<Lease> leases_of(std::string_view network, std::string_view source = {}) const;
  /// Networks that have a status file in the state directory, or had one when the index was made; sorted.
  [[nodiscard]] std::vector<std::string> networks() const;
  /// The stamp of a network's status file as it is; all 0 if there is none.
  [[nodiscard]] layout::FileStamp present_stamp(std::string_view network) const;

  /// Makes a lease the one of its address and network. `lease.changed` is ignored: it is now, if anything
  /// else is new, or the file was damaged; so is `lease.source`. False if nothing is. The network must be
  /// current.
  bool put(const Lease& lease);
  /// Ends the lease of an address. False if there was none. The network must be current.
  bool remove(std::string_view network, const IpAddress& address);

  /// The same for when no index can be made: only the status file changes. Later calls see that the index
  /// does not know it as it is.
  void put_without_index(const Lease& lease);
  void remove_without_index(std::string_view network, const IpAddress& address);

  /// Ends what is over at `now` of what is kept here, in the networks chosen. They must be current.
  void remove_expired(const NetworkFilter& is_chosen, EpochSeconds now);

  /// Makes `leases` all leases that the state directory has of some networks. Times of change that are 0 are
  /// set to now. The networks must be current.
  void rewrite(const std::set<std::string>& networks, std::vector<Lease> leases);

  /// For libvirt: if its status file of a network is not there, then neither was the network, or it was
  /// undefined meanwhile, and what is kept of it elsewhere is forgotten. Makes the file, which readers expect
  /// of a network that was started. The network must be current.
  void start_libvirt_network(std::string_view network);

  /// Writes a status file of the state directory anew. Does not touch the index.
  layout::FileStamp write_status(std::string_view network, const std::vector<Lease>& leases);
  /// Makes the index anew. Throws IndexError if it cannot be written.
  void replace_index(const TableInput& snapshot);
  /// Changes the index, with what is in others' files already. False if there is none, or no room in it: it
  /// has to be replaced.
  [[nodiscard]] bool change_index(const IndexChanges& changes);

  /// Whether the leases in the index's snapshot are known to have been judged by a policy (PolicyNote).
  [[nodiscard]] bool was_judged_by(std::uint64_t policy) const;
  /// Says so of the index. Every lease in it has to be as this policy has it.
  void note_policy(std::uint64_t policy) const;

 private:
  void open_index(const Settings& settings, StoreMode use);
  void use_index();
  /// Whether a source is known by this stamp.
  [[nodiscard]] bool knows(std::string_view network, std::string_view path,
                           const layout::FileStamp& present) const;
  /// Whether a lease is in a file that this transaction writes.
  [[nodiscard]] bool writes(const Lease& lease) const;
  /// Now, but later than every change before, whatever the clock says.
  [[nodiscard]] ChangeTime next_change() const;

  /// The paths of the status files of a network that are written, as in Lease::source.
  [[nodiscard]] std::vector<std::string> homes_of(std::string_view network) const;
  [[nodiscard]] std::string home_of(const Lease& lease) const;
  [[nodiscard]] const Directory& directory_of(std::string_view home) const;
  [[nodiscard]] std::optional<Lease> find_in(std::string_view home, std::string_view network,
                                             const IpAddress& address) const;
  [[nodiscard]] IndexedSource source_in(std::string_view home, std::string_view network) const;
  bool put_in(std::string_view home, const Lease& lease);
  bool remove_from(std::string_view home, std::string_view network, const IpAddress& address);

  void edit_file_only(std::string_view home, std::string_view network, const IpAddress& address,
                      std::string_view record);
  /// For a status file of the state directory that is not there: what the index has from it, but for one
  /// address. Empty if that is nothing; else it is complained of.
  [[nodiscard]] std::string known_text(std::string_view network, const IpAddress& but) const;
  [[nodiscard]] bool holds_unread_record(std::string_view home, std::string_view network,
                                         const IpAddress& address) const;
  layout::FileStamp edit_status(const LeaseChange& change);
  /// Writes the file of a source with its text edited; or, if that is damaged or cannot be edited, with just
  /// these leases, and what was there and is not in the index is kept aside.
  using TextEdit = std::function<std::optional<TextPieces>(std::string_view text)>;
  layout::FileStamp edit_or_write(const IndexedSource& source, const TextEdit& edit,
                                  const std::function<std::vector<Lease>()>& leases);
  void commit(LeaseChange change);
  layout::FileStamp write_status_in(std::string_view home, std::string_view network,
                                    const std::vector<Lease>& leases);

  Directory state_directory_;
  std::optional<Directory> libvirt_directory_;
  bool writes_to_libvirt_ = false;
  StoreLock lock_;
  std::optional<Directory> runtime_directory_;
  std::optional<WritableIndex> index_;
  std::optional<WritableIndex> unwritable_index_;  ///< if there is no other
  std::string index_problem_;
  IndexView view_;
};

}  // namespace leases
