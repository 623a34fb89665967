#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/index_layout.h"
#include "util/directory_watches.h"
#include "util/error.h"

namespace leases {

/// Reports when files that patterns stand for are written, created, replaced or removed. Their directories
/// need not exist yet, may be created again, and may be reached through symbolic links. Other files in the
/// same directories do not count.
///
/// The system reports most of this. It does not report files that are written without its knowledge, in a
/// layer below an overlay or on another host, nor files for which it has no watch left. The caller has to
/// look at such files from time to time.
class SourceWatch {
 public:
  /// For poll(2): readable when has_change() should be asked.
  [[nodiscard]] int descriptor() const { return watches_.descriptor(); }

  /// After end(), only what was added since begin() is watched. A look at the files after that misses
  /// nothing: later changes are reported.
  void begin();
  /// Who writes the files of a pattern.
  enum class Writer : std::uint8_t {
    here,      ///< people and programs that see the file as this process does
    anywhere,  ///< maybe a container, or another host
  };
  /// `pattern` is an absolute path, or a pattern of glob(7).
  void add(std::string_view pattern, Writer writer = Writer::anywhere);
  /// Throws Error if the system failed to watch a part of what was added: it may have no more watches. The
  /// rest is watched.
  void end();

  /// Whether one of the files was reported to have changed since begin(), or since this was last asked.
  [[nodiscard]] bool has_change() const;

  /// Whether there are files that have to be looked at.
  [[nodiscard]] bool has_unreported() const { return !unreported_.empty(); }
  /// Looks at those: whether one has changed since end().
  [[nodiscard]] bool looks_different() const { return stamps_of_unreported() != stamps_; }

 private:
  using Stamps = std::map<std::string, std::optional<layout::FileStamp>>;

  /// False if the directory does not exist, this user may not read it, or the system failed.
  bool watch(const std::string& directory, const std::string& name);
  void watch_file(const std::string& path);
  void note(const Error& failure);
  std::vector<std::string> names_of(const std::string& directory, const std::string& pattern);
  void add_below(const std::string& directory, std::string_view rest);
  [[nodiscard]] Stamps stamps_of_unreported() const;

  DirectoryWatches watches_;
  std::map<int, std::vector<std::string>> names_;  ///< by watch: patterns of the names that count there
  std::optional<Error> failure_;                   ///< the first since begin()
  Writer writer_ = Writer::here;                   ///< of what is being added
  bool is_reported_ = true;                        ///< all of it, as far as it is known
  std::vector<std::string> unreported_;            ///< patterns
  Stamps stamps_;                                  ///< at end()
};

}  // namespace leases
