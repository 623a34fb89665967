#include "store/open_index.h"

#include "store/policy_note.h"
#include "store/store_error.h"
#include "util/error.h"
#include "util/file_system.h"

namespace leases {

void OpenIndex::open(const std::string& runtime_directory, bool is_required) {
  try {
    at_store(runtime_directory, [&] {
      directory_ = Directory::open_or_create(runtime_directory);
      use_writable();
    });
    return;
  } catch (const Error& error) {
    if (is_required) throw IndexError(error);
  }
  if (!directory_) return;
  try {
    std::string problem;
    read_only_ = IndexCopy::of(*directory_, problem);
    if (read_only_) view_ = read_only_->view();
  } catch (const Error&) {
    // The caller can do without an index.
  }
}

void OpenIndex::use_writable() {
  std::string problem;
  view_ = {};
  index_ = WritableIndex::open(*directory_, problem);
  if (index_) view_ = *IndexView::of(index_->index());
}

void OpenIndex::commit(const LeaseChange& change) {
  if (append(next_overlay(view_, change))) return;
  try {
    replace(next_snapshot(view_, change));
  } catch (const IndexError& error) {
    problem_ = error.what();
  }
}

bool OpenIndex::publish(const IndexChanges& changes) {
  if (!index_ || index_->index().superseded()) return false;
  return append(next_overlay(view_, changes));
}

bool OpenIndex::append(const TableInput& overlay) {
  // A process that mapped the index while it was in a lower layer (overlayfs) goes on with the file there,
  // whatever is written into the upper one; a new file it sees.
  if (file_system_of(directory_->path()) == FileSystemKind::layered) return false;
  if (!index_->publish(build_table(overlay))) return false;
  view_ = *IndexView::of(index_->index());
  return true;
}

void OpenIndex::replace(const TableInput& snapshot) {
  try {
    at_store(directory_->path(), [&] {
      PolicyNote(*directory_).remove();
      WritableIndex::replace(*directory_, build_table(snapshot), index_);
      use_writable();
    });
    if (!index_)
      throw Error(directory_->path() +
                  ": an index in it would not be trusted; make it a directory that only its owner can write");
  } catch (const Error& error) {
    throw IndexError(error);
  }
}

bool OpenIndex::was_judged_by(std::uint64_t policy) const {
  return index_ && PolicyNote(*directory_).says(*index_, policy);
}

void OpenIndex::note_policy(std::uint64_t policy) const {
  if (index_ && !was_judged_by(policy)) PolicyNote(*directory_).write(*index_, policy);
}

}  // namespace leases
