/// Looks up names through glibc and prints a line for each: "secure" first if the process runs with raised
/// privileges, then the addresses. "--chroot DIRECTORY" applies to the names after it.

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

void look_up(const char* name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  std::printf("%s%s", getauxval(AT_SECURE) != 0 ? "secure " : "", name);
  if (const int error = getaddrinfo(name, nullptr, &hints, &list); error != 0) {
    std::printf(": %s\n", gai_strerror(error));
    return;
  }
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    char text[INET6_ADDRSTRLEN] = "?";
    const void* address =
        info->ai_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(info->ai_addr)->sin_addr)
            : &reinterpret_cast<sockaddr_in6*>(info->ai_addr)->sin6_addr;
    std::printf(" %s", inet_ntop(info->ai_family, address, text, sizeof text));
  }
  std::printf("\n");
  freeaddrinfo(list);
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--chroot") != 0) {
      look_up(argv[i]);
    } else if (chroot(argv[++i]) != 0 || chdir("/") != 0) {
      std::perror(argv[i]);
      return 1;
    }
  }
  return 0;
}
