#include "util/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace leases {

Error Error::with_advice(std::string_view advice) const {
  Error advised(std::string(what(), fact_size_).append("; ").append(advice), error_);
  advised.fact_size_ = fact_size_;
  return advised;
}

Error errno_error(const std::string& path, std::string_view failed, int error) {
  return Error(path + ": " + std::string(failed) + ": " + std::strerror(error), error);
}

bool is_path_error(int error) {
  constexpr std::array kErrors{ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG, ENXIO, ENODEV, EISDIR};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

bool is_disk_error(int error) {
  return error == EIO || error == EBADMSG || error == EUCLEAN;
}

bool is_permanent(int error) {
  return is_path_error(error) || is_disk_error(error);
}

bool is_denial(int error) {
  return error == EACCES || error == EPERM;
}

}  // namespace leases
