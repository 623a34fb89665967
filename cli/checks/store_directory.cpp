#include "cli/checks/store_directory.h"

#include "store/status_file.h"
#include "util/directory.h"
#include "util/error.h"

namespace leases::cli {

bool has_status_files(const std::string& path) try {
  const auto directory = Directory::open_existing(path);
  return directory && !networks_in(*directory).empty();
} catch (const Error&) {
  return false;
}

bool was_never_store(const std::string& path) try {
  const auto directory = Directory::open_existing(path);
  return !directory || (networks_in(*directory).empty() && !directory->status_of("lock"));
} catch (const Error&) {
  return false;
}

}  // namespace leases::cli
