/// Looks up names through glibc and prints a line for each: "secure" first if the process runs with raised
/// privileges, then the addresses; of an address, its names. "--chroot DIRECTORY" applies to what comes after
/// it; "-" reads lines of standard input, each of which is looked up at once.

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace {

void look_up_name(const char* name) {
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

/// Whether this is an address, and so nothing to look up by name.
bool look_up_address(const char* text) {
  for (const int family : {AF_INET, AF_INET6}) {
    in6_addr address;
    if (inet_pton(family, text, &address) != 1) continue;
    const hostent* host =
        gethostbyaddr(&address, family == AF_INET ? sizeof(in_addr) : sizeof address, family);
    std::printf("%s %s", text, host == nullptr ? "has no name" : host->h_name);
    for (char** alias = host == nullptr ? nullptr : host->h_aliases; alias != nullptr && *alias != nullptr;
         ++alias)
      std::printf(" %s", *alias);
    std::printf("\n");
    return true;
  }
  return false;
}

void look_up(const char* what) {
  if (!look_up_address(what)) look_up_name(what);
}

void look_up_lines() {
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    line[std::strcspn(line, "\n")] = '\0';
    look_up(line);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "-") == 0) {
      look_up_lines();
    } else if (std::strcmp(argv[i], "--chroot") != 0) {
      look_up(argv[i]);
    } else if (chroot(argv[++i]) != 0 || chdir("/") != 0) {
      std::perror(argv[i]);
      return 1;
    }
  }
  return 0;
}
