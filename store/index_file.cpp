#include "store/index_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/host_index.h"
#include "common/trust.h"
#include "util/error.h"

namespace leases {

std::optional<IndexFile> IndexFile::open(const Directory& directory, int flags, std::string& problem) {
  const std::string path = directory.path_of(kIndexName);
  FileDescriptor file = directory.open(kIndexName, flags);
  if (file.number() < 0) {
    // EAGAIN: a process that may read it, say root in a container, holds a lease of it (fcntl(2),
    // F_SETLEASE). Another file takes its place, which no such lease forbids.
    if (!is_path_error(errno) && errno != EAGAIN) throw errno_error(path, "cannot be opened", errno);
    problem = path + (errno == ENOENT ? " does not exist"
                                      : std::string(" cannot be opened: ") + std::strerror(errno));
    return {};
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw errno_error(path, "cannot be examined", errno);
  if (!is_trustworthy(status, directory.status())) {
    problem = path + " is not a regular file that only root or the directory's owner can write";
    return {};
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size >= sizeof(layout::FileHeader)) return IndexFile{std::move(file), size};
  problem = path + ' ' + describe(IndexFault::too_short);
  return {};
}

}  // namespace leases
