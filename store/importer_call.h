#pragma once

#include <string>
#include <string_view>

/// The command line of leases-import, which leaseshelper starts.

namespace leases {

/// dnsmasq starts with leasefile-ro and asks for the leases: of one network, or of all if it is empty.
struct InitRequest {
  std::string network;
  bool for_libvirt = false;
};

/// Whether a directory that cannot be opened is a failure, so that nothing is printed.
enum class ReadPolicy : bool { strict, best_effort };

/// Options of leases-import. The first three are followed by their values.
inline constexpr std::string_view kConfigOption = "--config=";
inline constexpr std::string_view kInitOption = "--init=";
inline constexpr std::string_view kTakeOption = "--take=";
inline constexpr std::string_view kLibvirtOption = "--libvirt";
inline constexpr std::string_view kBestEffortOption = "--best-effort";

/// The exit status of leases-import if something is wrong only with the runtime directory or the index.
inline constexpr int kIndexFailed = 3;

}  // namespace leases
