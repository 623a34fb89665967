#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/index_layout.h"
#include "common/lease.h"
#include "import/parsed_file.h"
#include "import/source_reader.h"
#include "import/source_updates.h"
#include "store/settings.h"
#include "store/transaction.h"
#include "util/directory.h"

namespace leases {

/// Reads a network's status file, which has to exist. If it is not a file that can be read, that counts as
/// damage. The leases point to `network`. Throws Error if the system fails.
ParsedFile read_status_file(const Directory& directory, std::string_view network);

/// The import of the status files in the state directory. They are the truth, and this keeps them in order:
/// see import_files(). The arguments of the constructor must outlive it; `undefined` are the networks that
/// libvirt undefined, `lines` takes the warnings.
class StatusImport {
 public:
  StatusImport(const StoreTransaction& store, const Settings& settings, ImportScope scope,
               const std::set<std::string>& undefined, SourceUpdates& updates,
               std::vector<std::string>& lines)
      : store_(store),
        settings_(settings),
        scope_(scope),
        undefined_(undefined),
        updates_(updates),
        lines_(lines) {}

  /// Adds the update of a network. Throws Error.
  void import(const std::string& network);
  /// Removes a network and its files. If it comes back, it begins anew.
  void remove(const std::string& network);
  /// A network with these leases, of a file with this stamp. Writes the file if it differs from what it
  /// should hold, as it does if the policy changed. Throws Error.
  [[nodiscard]] SourceUpdate update_of(const std::string& network, std::vector<Lease> leases,
                                       layout::FileStamp stamp, bool differs);

  /// Whether any file may have changed.
  [[nodiscard]] bool is_changed() const { return is_changed_; }

 private:
  void restore(const std::string& network);
  [[nodiscard]] std::vector<Lease> with_known(const std::string& network,
                                              const std::vector<Lease>& read) const;

  const StoreTransaction& store_;
  const Settings& settings_;
  ImportScope scope_;
  const std::set<std::string>& undefined_;
  SourceUpdates& updates_;
  std::vector<std::string>& lines_;
  bool is_changed_ = false;
};

}  // namespace leases
