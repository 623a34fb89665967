#pragma once

#include <netdb.h>
#include <nss.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

namespace leases::test {

/// The answer of an entry point, in a form that is easy to compare: lists are texts with spaces in between.
/// Before the call the numbers have values that no call returns.
struct Reply {
  static constexpr int kUntouched = -4711;

  nss_status status = NSS_STATUS_RETURN;
  int error = kUntouched;
  int h_error = kUntouched;
  std::int32_t ttl = kUntouched;
  int family = AF_UNSPEC;  ///< of all addresses; AF_UNSPEC if there are none or they are of both
  std::string name;
  std::string aliases;
  std::string addresses;

  [[nodiscard]] bool found() const { return status == NSS_STATUS_SUCCESS; }
  /// There is no such name, and no error.
  [[nodiscard]] bool unknown() const { return status == NSS_STATUS_NOTFOUND && h_error == HOST_NOT_FOUND; }
  /// The name exists, but has no address of this family.
  [[nodiscard]] bool no_address() const { return status == NSS_STATUS_NOTFOUND && h_error == NO_DATA; }
  /// The source cannot answer; glibc asks the next one.
  [[nodiscard]] bool unavailable() const {
    return status == NSS_STATUS_UNAVAIL && h_error == NO_RECOVERY && error != kUntouched && error != ERANGE;
  }
};

/// gethostbyname4_r: all families.
Reply by_name(const std::string& name);
/// gethostbyname3_r.
Reply by_name(const std::string& name, int family);
/// gethostbyaddr2_r, by the text of an address.
Reply by_address(const std::string& address);
/// gethostent_r.
Reply next_host();

/// Whether gethostbyname4_r answers with this many addresses, this one first. Uses only the stack, so signal
/// handlers and children of processes with threads may call it.
bool answers_with(const char* name, const std::array<unsigned char, 4>& first_address, int count) noexcept;

/// getaddrinfo(3), through glibc and nsswitch.conf.
struct AddrInfo {
  int result;
  std::string canonical;
  std::string addresses;  ///< as glibc sorts them
};
AddrInfo get_addr_info(const std::string& name, int family, int flags = 0);
/// getnameinfo(3) with NI_NAMEREQD; empty if there is no name.
std::string get_name_info(const std::string& address);

}  // namespace leases::test
