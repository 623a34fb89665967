#include "util/resolved_path.h"

#include <deque>
#include <system_error>

namespace leases {

namespace fs = std::filesystem;

fs::path resolved_path(const fs::path& path, const std::function<void(const fs::path&)>& look) {
  fs::path reached = "/";
  std::deque<fs::path> names(path.begin(), path.end());
  int links = 0;
  while (!names.empty()) {
    const fs::path name = names.front();
    names.pop_front();
    if (name.empty() || name == ".") continue;
    if (name == "/" || name == "..") {
      reached = name == "/" ? name : reached.parent_path();
      continue;
    }
    look(reached / name);
    std::error_code error;
    const fs::path target = fs::read_symlink(reached / name, error);
    if (error || ++links > kMaxLinks) {
      reached /= name;
    } else {
      names.insert(names.begin(), target.begin(), target.end());
    }
  }
  return reached;
}

}  // namespace leases
