#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "import/source_readings.h"
#include "import/source_updates.h"
#include "store/settings.h"

namespace leases {

/// The import of other programs' files, which are only read. `settings`, `updates` and `lines` must outlive
/// it; `lines` takes the warnings.
class SourceImport {
 public:
  SourceImport(const Settings& settings, ImportScope scope, SourceUpdates& updates,
               std::vector<std::string>& lines)
      : settings_(settings), scope_(scope), updates_(updates), lines_(lines) {}

  /// Adds an update for each source. Takes the leases out of the readings.
  void import(Readings& readings);

  /// Sources that the system failed to look at.
  [[nodiscard]] std::size_t failed() const { return failed_; }
  /// Whether another import changed what a reading was based on. What that made of it was kept.
  [[nodiscard]] bool met_another() const { return met_another_; }
  /// Networks of libvirt's whose status file libvirt removed.
  [[nodiscard]] const std::set<std::string>& undefined() const { return undefined_; }

 private:
  void merge(Reading& reading);
  void keep_what_cannot_be_seen(const Readings& readings);
  void take(Reading& reading);
  [[nodiscard]] bool adds_too_many(const Reading& reading) const;
  void replace(const IndexedSource& source, SourceReading& contents, bool was_known);
  [[nodiscard]] LeasesByAddress known_leases(const IndexedSource& source,
                                             const SourceReading& contents) const;
  void warn_of_problems(const std::string& path, SourceReading& contents, const LeasesByAddress& before);
  void warn_of_refused(const Guest& guest, const IndexedSource& map);
  void warn(std::string line) { lines_.push_back(std::move(line)); }

  const Settings& settings_;
  ImportScope scope_;
  SourceUpdates& updates_;
  std::vector<std::string>& lines_;
  std::size_t failed_ = 0;
  bool met_another_ = false;
  std::set<std::string> undefined_;
};

}  // namespace leases
