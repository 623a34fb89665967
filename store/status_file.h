#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/index_layout.h"
#include "common/lease.h"
#include "common/source_kind.h"
#include "store/status_text.h"
#include "util/directory.h"
#include "util/regular_file.h"

namespace leases {

inline constexpr std::string_view kStatusSuffix = ".status";

/// The name of a network's status file.
std::string status_name(std::string_view network);

/// The networks that have a status file in a directory, in the order of those names.
std::vector<std::string> networks_in(const Directory& directory);

/// The text of a status file. It is read, not mapped: a bad block of the disk is then an error, not a SIGBUS.
class StatusFileText {
 public:
  StatusFileText() = default;
  explicit StatusFileText(RegularFile file) : file_(std::move(file)) {}

  /// Whether there is no file, or an empty one.
  [[nodiscard]] bool is_absent() const {
    return file_.state == RegularFile::State::absent || (file_.read() && file_.text.empty());
  }
  /// Whether there is a file that the disk cannot read, that this process may not read, or that is too large.
  [[nodiscard]] bool is_unreadable_file() const {
    return file_.state == RegularFile::State::unusable && S_ISREG(file_.status.st_mode);
  }
  /// Empty if the file is absent or unreadable.
  [[nodiscard]] std::string_view view() const { return file_.text; }

 private:
  RegularFile file_;
};

/// The status file of a network in a directory, which must outlive this object. It need not exist. Everything
/// throws Error.
class StatusFile {
 public:
  enum class Owner : std::uint8_t { store, libvirt };
  using Edit = std::function<std::optional<TextPieces>(std::string_view text)>;
  using Leases = std::function<std::vector<Lease>()>;

  StatusFile(const Directory& directory, std::string_view network, Owner owner = Owner::store);

  [[nodiscard]] const std::string& network() const { return network_; }
  /// In libvirt's directory, where libvirt's readers look for it.
  [[nodiscard]] bool is_libvirts() const { return owner_ == Owner::libvirt; }
  [[nodiscard]] SourceKind kind() const {
    return is_libvirts() ? SourceKind::libvirt_status : SourceKind::status;
  }
  [[nodiscard]] std::string path() const { return directory_->path_of(name_); }
  /// The file as in Lease::source: empty for one of the state directory.
  [[nodiscard]] const std::string& source() const { return source_; }

  /// Whether anything is at its path.
  [[nodiscard]] bool exists() const { return directory_->status_of(name_).has_value(); }
  /// Nothing if nothing is there.
  [[nodiscard]] std::optional<layout::FileStamp> stamp() const;

  /// For editing.
  [[nodiscard]] StatusFileText text() const;
  /// For parsing: at most 1 GiB.
  [[nodiscard]] RegularFile read() const;
  /// Whether the text has a record of an address, even one that cannot be read.
  [[nodiscard]] bool has_record_of(const IpAddress& address) const;

  /// Replaces the file; it is on the disk when this returns.
  [[nodiscard]] layout::FileStamp write(std::span<const std::string_view> pieces) const;
  [[nodiscard]] layout::FileStamp write(const std::vector<Lease>& leases) const;
  /// Replaces the file by its edited text; or, if it is damaged or cannot be edited, by these leases. Then
  /// the old file is set aside if it may have something that the index lacks.
  [[nodiscard]] layout::FileStamp edit(const Edit& edit, bool is_damaged, const Leases& leases) const;
  /// Returns its new name.
  [[nodiscard]] std::string set_aside() const;

 private:
  const Directory* directory_;
  std::string network_;
  std::string name_;
  Owner owner_;
  std::string source_;
};

/// Gives a file a second name, NAME.damaged-TIME or with another word in place of `damaged`, so that somebody
/// can look at it after it has been replaced. It keeps its first name until then: a process that is killed in
/// between must not make it look as if the file was removed. Returns
/// the second name. Throws Error.
std::string set_damaged_aside(const Directory& directory, const std::string& name,
                              const char* word = "damaged");

}  // namespace leases
