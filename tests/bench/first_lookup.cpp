/// first_lookup SERVICE FILE NAME: prints the nanoseconds in which a fresh process loads an NSS module and
/// gets its first answer from it.

#include <dlfcn.h>
#include <netdb.h>
#include <nss.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  using ByName = nss_status(const char* name, gaih_addrtuple** pat, char* buffer, std::size_t size,
                            int* errnop, int* h_errnop, std::int32_t* ttlp);
  if (argc != 4) return EXIT_FAILURE;
  const std::string symbol = std::string("_nss_") + argv[1] + "_gethostbyname4_r";
  alignas(16) char buffer[1024];
  gaih_addrtuple* answer = nullptr;
  int error = 0;
  int host_error = 0;
  std::int32_t ttl = 0;

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  void* library = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return EXIT_FAILURE;
  auto* by_name = reinterpret_cast<ByName*>(dlsym(library, symbol.c_str()));
  if (by_name == nullptr) return EXIT_FAILURE;
  const nss_status status = by_name(argv[3], &answer, buffer, sizeof buffer, &error, &host_error, &ttl);
  const std::chrono::nanoseconds elapsed = Clock::now() - start;

  std::printf("%lld\n", static_cast<long long>(elapsed.count()));
  return status == NSS_STATUS_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
