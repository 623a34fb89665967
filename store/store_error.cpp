#include "store/store_error.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace leases {

namespace {

bool is_own(const std::string& directory) {
  struct stat status {};
  return ::stat(directory.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

std::string_view advice_for(const std::string& directory, int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "make room on that file system";
    case EROFS:
      return "make that file system writable";
    case EACCES:
    case EPERM:
      return is_own(directory) ? "let the directory's owner own what is in it, too"
                               : "let the user that dnsmasq runs the helper as (dhcp-scriptuser) own that "
                                 "directory and what is in it";
    case ENOENT:
      return "create that directory, owned by the user that dnsmasq runs the helper as";
    case EISDIR:
    case ENOTDIR:
    case ELOOP:
      return "move away what is there; it has to be a plain file or directory";
    default:
      return "the previous state is kept";
  }
}

}  // namespace

Error store_error(const std::string& directory, const Error& cause) {
  if (cause.error() == 0) return cause;
  return cause.with_advice(advice_for(directory, cause.error()));
}

}  // namespace leases
