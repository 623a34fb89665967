#pragma once

#include <netdb.h>
#include <nss.h>

#include <cstddef>
#include <cstdint>

namespace leases::test {

/// The module's entry points, as glibc declares them in nss/nss.h of its sources.
struct Module {
  nss_status (*gethostbyname4_r)(const char* name, gaih_addrtuple** pat, char* buffer, std::size_t size,
                                 int* errnop, int* h_errnop, std::int32_t* ttlp);
  nss_status (*gethostbyname3_r)(const char* name, int af, hostent* result, char* buffer, std::size_t size,
                                 int* errnop, int* h_errnop, std::int32_t* ttlp, char** canonp);
  nss_status (*gethostbyname2_r)(const char* name, int af, hostent* result, char* buffer, std::size_t size,
                                 int* errnop, int* h_errnop);
  nss_status (*gethostbyname_r)(const char* name, hostent* result, char* buffer, std::size_t size,
                                int* errnop, int* h_errnop);
  nss_status (*gethostbyaddr2_r)(const void* address, socklen_t length, int af, hostent* result, char* buffer,
                                 std::size_t size, int* errnop, int* h_errnop, std::int32_t* ttlp);
  nss_status (*gethostbyaddr_r)(const void* address, socklen_t length, int af, hostent* result, char* buffer,
                                std::size_t size, int* errnop, int* h_errnop);
  nss_status (*sethostent)(int stay_open);
  nss_status (*gethostent_r)(hostent* result, char* buffer, std::size_t size, int* errnop, int* h_errnop);
  nss_status (*endhostent)();
};

/// The tested file: that of the environment variable NSS_LEASES_MODULE, or the one that was built with the
/// tests.
const char* module_path();

/// The module, loaded before main(). Ends the program if it cannot be loaded.
const Module& module();

}  // namespace leases::test
