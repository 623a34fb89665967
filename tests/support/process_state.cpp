#include "tests/support/process_state.h"

#include <unistd.h>

#include <fstream>

#include <climits>

namespace leases::test {

std::size_t mapped_indexes() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);)
    count += line.find("hosts.idx") != std::string::npos ? 1 : 0;
  return count;
}

std::string open_files() {
  std::string list;
  for (int number = 0; number < 64; ++number) {
    char target[PATH_MAX];
    const std::string link = "/proc/self/fd/" + std::to_string(number);
    const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
    if (length > 0)
      list += std::to_string(number) + ':' + std::string(target, static_cast<std::size_t>(length)) + ' ';
  }
  return list;
}

}  // namespace leases::test
