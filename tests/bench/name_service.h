#pragma once

#include <netdb.h>
#include <nss.h>

#include <array>
#include <cstdint>
#include <string>

namespace leases::bench {

/// An NSS module as glibc calls it, without glibc.
class Module {
 public:
  /// `service` is what nsswitch.conf calls it, `file` the shared object. Ends the program if it cannot be
  /// loaded.
  Module(const std::string& service, const std::string& file);

  /// Whether the name is known.
  [[nodiscard]] bool by_name(const char* name) const;
  /// Whether there is a name for the IPv4 address, four bytes.
  [[nodiscard]] bool by_address(const void* address) const;

 private:
  using ByName = nss_status(const char* name, gaih_addrtuple** pat, char* buffer, std::size_t size,
                            int* errnop, int* h_errnop, std::int32_t* ttlp);
  using ByAddress = nss_status(const void* address, socklen_t length, int af, hostent* result, char* buffer,
                               std::size_t size, int* errnop, int* h_errnop, std::int32_t* ttlp);

  ByName* by_name_ = nullptr;
  ByAddress* by_address_ = nullptr;
};

/// What glibc asks in this process from now on: the `hosts:` line of /etc/nsswitch.conf, and the file,
/// prepared by machine.py, that takes the place of /etc/hosts.
void use_hosts(const std::string& services, const std::string& hosts_file);

/// Whether getaddrinfo() knows the name.
bool resolves(const char* name, int family);

}  // namespace leases::bench
