#include "util/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "util/error.h"

namespace leases {

namespace {

void become_owner_of(const Directory& directory) {
  const struct stat status = directory.status();
  if (::geteuid() != 0 || status.st_uid == 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(status.st_gid) != 0 || ::setuid(status.st_uid) != 0) {
    throw errno_error(directory.path(), "belongs to a user that this process cannot become", errno);
  }
}

/// It only adds safety, so it may fail: a sandbox can forbid even this.
void drop_capabilities(Capabilities kept_capabilities) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3]{};
  if (kept_capabilities != Capabilities::none && ::geteuid() == 0 &&
      ::syscall(SYS_capget, &header, kept) == 0) {
    const std::uint32_t reading = kept[0].permitted & (1U << CAP_DAC_READ_SEARCH);
    // What root may permit itself is in effect in a program that it runs (capabilities(7)).
    kept[0] = {kept_capabilities == Capabilities::read_any_file ? reading : 0, reading, 0};
    kept[1] = {};
  }
  ::syscall(SYS_capset, &header, kept);
}

}  // namespace

void drop_privileges(const Directory& directory, Capabilities kept) {
  become_owner_of(directory);
  drop_capabilities(kept);
}

}  // namespace leases
