/// Any bytes as the configuration file: there is never an exception, and directories and sources are
/// absolute.

#include "store/settings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "store/network_name.h"
#include "tests/fuzz/read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  static const int file = ::memfd_create("nss-leases.conf", MFD_CLOEXEC);
  fuzz::require(::ftruncate(file, 0) == 0 && ::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  const Settings settings = read_settings("/proc/self/fd/" + std::to_string(file));
  fuzz::require(settings.state_directory.starts_with('/') && settings.runtime_directory.starts_with('/'));
  for (const SourceConfig& source : settings.sources) {
    fuzz::require(source.path.starts_with('/'));
    fuzz::require(source.network.empty() || is_network_name(source.network));
  }
  for (const std::string& problem : settings.problems) fuzz::touch(problem);
  static_cast<void>(settings.names.refusal("alpha"));
  fuzz::require(settings.names.refusal("localhost").has_value());
  return 0;
}
