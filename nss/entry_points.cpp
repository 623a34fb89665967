/// libnss_leases: the entry points that glibc looks up in a module for the hosts database.
/// gethostbyname4_r, gethostbyname3_r, gethostbyaddr2_r and gethostent_r answer; the others call them.

#include <errno.h>
#include <netdb.h>
#include <nss.h>
#include <sys/socket.h>

#include <cstdint>

#include "nss/answers.h"
#include "nss/cursor.h"
#include "nss/reply.h"

namespace leases::nss {

namespace {

/// Gives an outcome to glibc (nss/getXXbyYY_r.c, getaddrinfo.c): ERANGE with NETDB_INTERNAL makes glibc call
/// again with a larger buffer; any other use of NETDB_INTERNAL would end the whole lookup instead of asking
/// the next source.
nss_status report(Outcome outcome, int* errnop, int* h_errnop) noexcept {
  switch (outcome) {
    case Outcome::found:
      *h_errnop = NETDB_SUCCESS;
      return NSS_STATUS_SUCCESS;
    case Outcome::unknown:
      *h_errnop = HOST_NOT_FOUND;
      return NSS_STATUS_NOTFOUND;
    case Outcome::no_address:
      *h_errnop = NO_DATA;
      return NSS_STATUS_NOTFOUND;
    case Outcome::buffer_too_small:
      *errnop = ERANGE;
      *h_errnop = NETDB_INTERNAL;
      return NSS_STATUS_TRYAGAIN;
    case Outcome::bad_family:
      *errnop = EAFNOSUPPORT;
      *h_errnop = NO_RECOVERY;
      return NSS_STATUS_UNAVAIL;
    case Outcome::unavailable:
      break;
  }
  *errnop = ENOENT;
  *h_errnop = NO_RECOVERY;
  return NSS_STATUS_UNAVAIL;
}

/// Restores errno: system calls change it even when all is well. errnop, which usually is errno, is written
/// afterwards.
class KeepErrno {
 public:
  KeepErrno() noexcept : value_(errno) {}
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;
  ~KeepErrno() { errno = value_; }

 private:
  int value_;
};

}  // namespace

}  // namespace leases::nss

using leases::nss::Arena;
using leases::nss::Cursor;
using leases::nss::KeepErrno;
using leases::nss::Outcome;

#pragma GCC visibility push(default)
// The names are glibc's.
// NOLINTBEGIN(clang-diagnostic-reserved-identifier)
extern "C" {

nss_status _nss_leases_gethostbyname4_r(const char* name, gaih_addrtuple** pat, char* buffer, size_t buflen,
                                        int* errnop, int* h_errnop, int32_t* ttlp) {
  Outcome outcome;
  {
    const KeepErrno keep;
    outcome = leases::nss::addresses_of_all_families(name, pat, Arena(buffer, buflen), ttlp);
  }
  return leases::nss::report(outcome, errnop, h_errnop);
}

nss_status _nss_leases_gethostbyname3_r(const char* name, int af, hostent* result, char* buffer,
                                        size_t buflen, int* errnop, int* h_errnop, int32_t* ttlp,
                                        char** canonp) {
  Outcome outcome;
  {
    const KeepErrno keep;
    outcome = leases::nss::addresses_of_family(name, af, *result, Arena(buffer, buflen), ttlp, canonp);
  }
  return leases::nss::report(outcome, errnop, h_errnop);
}

nss_status _nss_leases_gethostbyname2_r(const char* name, int af, hostent* result, char* buffer,
                                        size_t buflen, int* errnop, int* h_errnop) {
  return _nss_leases_gethostbyname3_r(name, af, result, buffer, buflen, errnop, h_errnop, nullptr, nullptr);
}

nss_status _nss_leases_gethostbyname_r(const char* name, hostent* result, char* buffer, size_t buflen,
                                       int* errnop, int* h_errnop) {
  return _nss_leases_gethostbyname3_r(name, AF_INET, result, buffer, buflen, errnop, h_errnop, nullptr,
                                      nullptr);
}

nss_status _nss_leases_gethostbyaddr2_r(const void* address, socklen_t length, int af, hostent* result,
                                        char* buffer, size_t buflen, int* errnop, int* h_errnop,
                                        int32_t* ttlp) {
  Outcome outcome;
  {
    const KeepErrno keep;
    outcome = leases::nss::name_of_address(address, length, af, *result, Arena(buffer, buflen), ttlp);
  }
  return leases::nss::report(outcome, errnop, h_errnop);
}

nss_status _nss_leases_gethostbyaddr_r(const void* address, socklen_t length, int af, hostent* result,
                                       char* buffer, size_t buflen, int* errnop, int* h_errnop) {
  return _nss_leases_gethostbyaddr2_r(address, length, af, result, buffer, buflen, errnop, h_errnop, nullptr);
}

nss_status _nss_leases_sethostent(int) {
  Cursor::rewind();
  return NSS_STATUS_SUCCESS;
}

nss_status _nss_leases_endhostent(void) {
  Cursor::rewind();
  return NSS_STATUS_SUCCESS;
}

nss_status _nss_leases_gethostent_r(hostent* result, char* buffer, size_t buflen, int* errnop,
                                    int* h_errnop) {
  Outcome outcome;
  {
    const KeepErrno keep;
    outcome = leases::nss::next_host(*result, Arena(buffer, buflen));
  }
  return leases::nss::report(outcome, errnop, h_errnop);
}

}  // extern "C"
// NOLINTEND(clang-diagnostic-reserved-identifier)
#pragma GCC visibility pop
