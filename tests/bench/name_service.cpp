#include "tests/bench/name_service.h"

#include <dlfcn.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace leases::bench {

Module::Module(const std::string& service, const std::string& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) {
    const std::string prefix = "_nss_" + service + '_';
    by_name_ = reinterpret_cast<ByName*>(::dlsym(library, (prefix + "gethostbyname4_r").c_str()));
    by_address_ = reinterpret_cast<ByAddress*>(::dlsym(library, (prefix + "gethostbyaddr2_r").c_str()));
  }
  if (by_name_ == nullptr) {
    std::fprintf(stderr, "%s\n", ::dlerror());
    std::exit(EXIT_FAILURE);
  }
}

bool Module::by_name(const char* name) const {
  alignas(16) std::array<char, 1024> buffer;
  gaih_addrtuple* answer = nullptr;
  int error = 0;
  int host_error = 0;
  std::int32_t ttl = 0;
  return by_name_(name, &answer, buffer.data(), buffer.size(), &error, &host_error, &ttl) ==
         NSS_STATUS_SUCCESS;
}

bool Module::by_address(const void* address) const {
  alignas(16) std::array<char, 1024> buffer;
  hostent answer;
  int error = 0;
  int host_error = 0;
  std::int32_t ttl = 0;
  return by_address_(address, 4, AF_INET, &answer, buffer.data(), buffer.size(), &error, &host_error, &ttl) ==
         NSS_STATUS_SUCCESS;
}

void use_hosts(const std::string& services, const std::string& hosts_file) {
  namespace fs = std::filesystem;
  std::ofstream("/etc/nsswitch.conf.new") << "hosts: " << services << '\n';
  fs::rename("/etc/nsswitch.conf.new", "/etc/nsswitch.conf");
  fs::remove("/etc/hosts");
  fs::create_hard_link(hosts_file, "/etc/hosts");
}

bool resolves(const char* name, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* answer = nullptr;
  const bool found = ::getaddrinfo(name, nullptr, &hints, &answer) == 0;
  if (found) ::freeaddrinfo(answer);
  return found;
}

}  // namespace leases::bench
