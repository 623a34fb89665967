#include "cli/checks/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstring>
#include <memory>

#include "cli/checks/elf_file.h"
#include "cli/checks/nsswitch_file.h"
#include "paths.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

constexpr const char* kNsswitch = "/etc/nsswitch.conf";

IpAddress address_of(const addrinfo& answer) {
  IpAddress address;
  if (answer.ai_family == AF_INET6) {
    address.family = Family::v6;
    const auto* six = reinterpret_cast<const sockaddr_in6*>(answer.ai_addr);
    std::memcpy(address.bytes.data(), &six->sin6_addr, sizeof six->sin6_addr);
  } else {
    const auto* four = reinterpret_cast<const sockaddr_in*>(answer.ai_addr);
    std::memcpy(address.bytes.data(), &four->sin_addr, sizeof four->sin_addr);
  }
  return address;
}

/// The file, if any, for which getaddrinfo(3) would wait without end: glibc opens even a FIFO.
const char* file_to_wait_for() {
  for (const char* path : {paths::kModule, kNsswitch, "/etc/hosts", "/etc/resolv.conf"}) {
    struct stat status {};
    if (::stat(path, &status) == 0 && S_ISFIFO(status.st_mode)) return path;
  }
  return nullptr;
}

/// Whether ask_only() has set the services, in place of nsswitch.conf.
bool services_are_set = false;

/// Why getaddrinfo(3) must not be asked; empty if it may be.
std::string reason_not_to_ask() {
  if (const char* path = file_to_wait_for()) return std::string(path) + " is a FIFO";
  if (is_cut_short(paths::kModule)) return std::string(paths::kModule) + " is cut short";
  // getaddrinfo() of glibc 2.36 reads beyond the end of an empty list.
  if (!services_are_set && NsswitchFile::parse(read_regular_file(kNsswitch).text).hosts.empty())
    return std::string(kNsswitch) + " has a line hosts without services, and glibc does not survive that";
  return {};
}

}  // namespace

ResolverAnswer resolve_name(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  ResolverAnswer result;
  result.error = reason_not_to_ask();
  if (!result.error.empty()) return result;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0) {
    result.error = ::gai_strerror(error);
    result.is_unknown = error == EAI_NONAME;
    return result;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  for (const addrinfo* answer = list; answer != nullptr; answer = answer->ai_next) {
    if (answer->ai_family == AF_INET || answer->ai_family == AF_INET6)
      result.addresses.insert(address_of(*answer));
  }
  return result;
}

void ask_only(const std::string& services) {
  // This reads nsswitch.conf first.
  if (file_to_wait_for() != nullptr) return;
  services_are_set = ::__nss_configure_lookup("hosts", services.c_str()) == 0;
}

}  // namespace leases::cli
