#include "util/file_system.h"

#include <linux/magic.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>

namespace leases {

namespace {

// Those that <linux/magic.h> does not have.
constexpr std::uint32_t kZfs = 0x2fc12fc1;
constexpr std::uint32_t kBcachefs = 0xca451a4e;

}  // namespace

FileSystemKind file_system_of(const std::string& path) {
  constexpr std::array<std::uint32_t, 8> kLocal{
      EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, RAMFS_MAGIC, F2FS_SUPER_MAGIC, kZfs,
      kBcachefs};
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return FileSystemKind::remote;
  const auto type = static_cast<std::uint32_t>(status.f_type);
  if (type == OVERLAYFS_SUPER_MAGIC) return FileSystemKind::layered;
  return std::ranges::find(kLocal, type) != kLocal.end() ? FileSystemKind::local : FileSystemKind::remote;
}

bool is_full(const std::string& path) {
  struct statfs status {};
  // A file system without a size (btrfs counts blocks, some others do not) is not full.
  return ::statfs(path.c_str(), &status) == 0 && status.f_blocks > 0 && status.f_bavail == 0;
}

}  // namespace leases
