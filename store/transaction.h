#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/host_index.h"
#include "common/lease.h"
#include "store/indexed_source.h"
#include "store/lease_placement.h"
#include "store/open_index.h"
#include "store/settings.h"
#include "store/status_file.h"
#include "store/store_lock.h"

namespace leases {

/// Chooses networks by their names.
using NetworkFilter = std::function<bool(std::string_view network)>;

/// What a transaction needs besides the store's own directories.
enum class StoreMode : std::uint8_t {
  own,      ///< nothing
  libvirt,  ///< it keeps leases as libvirt's helper does: in libvirt's directory, if that exists
  import,   ///< it reads other programs' files
};

/// Makes the directories where needed and gives up, for good, the rights that a transaction does not need. A
/// transaction does this itself; it is for callers that have to read other programs' files before they wait
/// for the lock. Throws Error.
void prepare_store(const Settings& settings, StoreMode mode);

/// All leases: the status files, which are the truth, and the index, made from them. An object of this class
/// is a transaction: it holds the store's lock, so that nothing changes under it. Everything throws Error.
///
/// A status file takes effect first, then the index. If this process is killed in between, the next
/// transaction sees from the file's stamp that the index is not up to date.
class StoreTransaction {
 public:
  /// Makes the directories where needed, waits for the lock and opens the index. If this process is root and
  /// the state directory belongs to another user (dnsmasq's dhcp-scriptuser), it becomes that user for good.
  /// If something is wrong with the runtime directory, there is no index; an import then throws IndexError.
  explicit StoreTransaction(const Settings& settings, StoreMode mode = StoreMode::own,
                            const LockWait& wait = {});

  /// Whether there is an index that could be used, if only to look something up in it.
  [[nodiscard]] bool has_index() const { return index_.exists(); }
  /// Why the index lacks what this transaction changed; empty if it does not, or if none could be opened.
  [[nodiscard]] const std::string& index_problem() const { return index_.problem(); }
  /// Whether the index is up to date with the status file of a network; if libvirt's are written, with all
  /// files of the network.
  [[nodiscard]] bool is_current(std::string_view network) const;
  /// The same for all networks that the index or the state directory has.
  [[nodiscard]] bool is_current() const;
  /// Whether the index is up to date with libvirt's files of a network; true unless this is for libvirt.
  [[nodiscard]] bool is_current_for_libvirt(std::string_view network) const;
  /// Whether a lease is the store's own, not one from another program's file. For libvirt, also what is in
  /// libvirt's file though this process may not write it.
  [[nodiscard]] bool owns(const Lease& lease) const { return placement_.owns(lease); }

  /// Whether a status file of the state directory is missing though the index has leases from it: that of a
  /// network or, if `network` is empty, any.
  [[nodiscard]] bool lacks_file(std::string_view network) const;
  /// Whether the index has something from a status file of libvirt's that does not exist: libvirt removes it
  /// when it undefines the network.
  [[nodiscard]] bool has_undefined_network() const;
  /// Whether this is for libvirt, and its status file of a network does not exist.
  [[nodiscard]] bool lacks_libvirt_file(std::string_view network) const;

  [[nodiscard]] const Directory& state_directory() const { return placement_.state_directory(); }
  /// All leases that the index has. Valid until something is changed.
  [[nodiscard]] const IndexView& view() const { return index_.view(); }
  /// The lease of an address in a network, if the store owns one.
  [[nodiscard]] std::optional<Lease> find(std::string_view network, const IpAddress& address) const;
  /// The leases of a network, least recent change first, as they stand in its status file; `source` as in
  /// Lease.
  [[nodiscard]] std::vector<Lease> leases_of(std::string_view network, std::string_view source = {}) const;
  /// Networks that have a status file in the state directory, or had one when the index was made; sorted.
  [[nodiscard]] std::vector<std::string> networks() const;
  /// Those of them of which nothing is left but files without a live lease (is_long_gone()). A CI job may
  /// have a network of its own each time, and their files would be all that ever were.
  [[nodiscard]] std::set<std::string> left_over_networks() const;

  /// Makes a lease the one of its address and network. `lease.source` and `lease.changed` are ignored; the
  /// change is now. False if it was there already, in a file that is not damaged. The index must be up to
  /// date with the network.
  bool put(const Lease& lease);
  /// Removes the lease of an address. False if there was none. The index must be up to date with the network.
  bool remove(std::string_view network, const IpAddress& address);

  /// Like put and remove, when no index can be made: changes the status file only. Later transactions see
  /// that the index is not up to date with it.
  void put_without_index(const Lease& lease);
  void remove_without_index(std::string_view network, const IpAddress& address);

  /// Removes leases that expired by `now` from the files this transaction writes, in the networks chosen. The
  /// index must be up to date with them.
  void remove_expired(const NetworkFilter& is_chosen, EpochSeconds now);

  /// Makes `leases` all leases that the state directory has of some networks. Times of change that are 0 are
  /// set to now. The index must be up to date with the networks.
  void rewrite(const std::set<std::string>& networks, std::vector<Lease> leases);

  /// For libvirt: if its status file of a network does not exist, then the network is new, or was undefined
  /// meanwhile, and its leases in the state directory are forgotten. Makes the file, which readers expect of
  /// a network that was started. The index must be up to date with the network.
  void start_libvirt_network(std::string_view network);

  /// Makes a new index. Throws IndexError if it cannot be written.
  void replace_index(const TableInput& snapshot) { index_.replace(snapshot); }
  /// Adds to the index what is already in other programs' files. False if there is no index, or no room in
  /// it: then it has to be replaced.
  [[nodiscard]] bool change_index(const IndexChanges& changes) { return index_.publish(changes); }

  /// Whether the leases in the index's snapshot are known to have been judged by a policy (PolicyNote).
  [[nodiscard]] bool was_judged_by(std::uint64_t policy) const { return index_.was_judged_by(policy); }
  /// Notes that they were. Every lease in the index has to agree with this policy.
  void note_policy(std::uint64_t policy) const { index_.note_policy(policy); }

 private:
  /// Now, but later than every change before, whatever the clock says.
  [[nodiscard]] ChangeTime next_change() const;
  [[nodiscard]] std::optional<Lease> find_in(const StatusFile& file, const IpAddress& address) const;
  /// What the index has of a file; a new source if that is nothing.
  [[nodiscard]] IndexedSource source_of(const StatusFile& file) const;
  bool put_in(const StatusFile& file, const Lease& lease);
  bool remove_from(const StatusFile& file, const IpAddress& address);
  void commit(const StatusFile& file, LeaseChange change);
  [[nodiscard]] layout::FileStamp edit(const StatusFile& file, const LeaseChange& change) const;
  void edit_without_index(const StatusFile& file, const IpAddress& address, std::string_view record) const;
  /// For a status file of the state directory that does not exist: its text from the index, without one
  /// address. Empty if the index has no other leases from it; else this is logged.
  [[nodiscard]] std::string restored_text(const StatusFile& file, const IpAddress& without) const;

  LeasePlacement placement_;
  std::optional<StoreLock> lock_;
  OpenIndex index_;
};

}  // namespace leases
