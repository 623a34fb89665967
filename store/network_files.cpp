#include "store/network_files.h"

#include <net/if.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>

#include "store/server_duid.h"
#include "store/status_file.h"
#include "util/clock.h"

namespace leases {

namespace {

constexpr std::uint64_t kLong = 3600;  // s

bool has_interface(const std::string& name) {
  return ::if_nametoindex(name.c_str()) != 0 || errno != ENODEV;
}

}  // namespace

bool is_long_gone(const Directory& state_directory, const std::string& network) {
  const auto status = state_directory.status_of(status_name(network));
  return status && S_ISREG(status->st_mode) &&
         static_cast<std::uint64_t>(status->st_mtim.tv_sec) + kLong <= now().value && !has_interface(network);
}

void remove_network_files(const Directory& state_directory, const std::string& network) noexcept {
  state_directory.remove_if_there(network + std::string(kDuidSuffix));
  state_directory.remove_if_there(status_name(network));
}

}  // namespace leases
