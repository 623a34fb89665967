#include "tests/support/lookup.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <vector>

#include "tests/support/module.h"

namespace leases::test {

namespace {

/// Enough for 1024 addresses.
using Buffer = std::vector<char>;
constexpr std::size_t kEnough = 128 * 1024;

void append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : " ") + item;
}

std::string text_of(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes, text.data(), text.size()) != nullptr ? text.data() : "?";
}

void take(const hostent& host, Reply& reply) {
  reply.name = host.h_name;
  reply.family = host.h_addrtype;
  if (host.h_length != (host.h_addrtype == AF_INET ? 4 : 16)) reply.addresses = "wrong length";
  for (char** alias = host.h_aliases; *alias != nullptr; ++alias) append(reply.aliases, *alias);
  for (char** address = host.h_addr_list; *address != nullptr; ++address) {
    append(reply.addresses, text_of(host.h_addrtype, *address));
  }
}

}  // namespace

Reply by_name(const std::string& name) {
  Buffer buffer(kEnough);
  Reply reply;
  gaih_addrtuple* first = nullptr;
  reply.status = module().gethostbyname4_r(name.c_str(), &first, buffer.data(), buffer.size(), &reply.error,
                                           &reply.h_error, &reply.ttl);
  if (!reply.found()) return reply;
  reply.name = first->name;
  reply.family = first->family;
  for (const gaih_addrtuple* tuple = first; tuple != nullptr; tuple = tuple->next) {
    append(reply.addresses, text_of(tuple->family, tuple->addr));
    if (tuple->family != reply.family) reply.family = AF_UNSPEC;
  }
  return reply;
}

Reply by_name(const std::string& name, int family) {
  Buffer buffer(kEnough);
  Reply reply;
  hostent host{};
  char* canonical = nullptr;
  reply.status = module().gethostbyname3_r(name.c_str(), family, &host, buffer.data(), buffer.size(),
                                           &reply.error, &reply.h_error, &reply.ttl, &canonical);
  if (!reply.found()) return reply;
  take(host, reply);
  if (canonical == nullptr || reply.name != canonical) reply.name = "canonical name is not h_name";
  return reply;
}

Reply by_address(const std::string& address) {
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<unsigned char, 16> bytes{};
  inet_pton(family, address.c_str(), bytes.data());
  Buffer buffer(kEnough);
  Reply reply;
  hostent host{};
  reply.status =
      module().gethostbyaddr2_r(bytes.data(), family == AF_INET ? 4 : 16, family, &host, buffer.data(),
                                buffer.size(), &reply.error, &reply.h_error, &reply.ttl);
  if (reply.found()) take(host, reply);
  return reply;
}

Reply next_host() {
  Buffer buffer(kEnough);
  Reply reply;
  hostent host{};
  reply.status = module().gethostent_r(&host, buffer.data(), buffer.size(), &reply.error, &reply.h_error);
  if (reply.found()) take(host, reply);
  return reply;
}

bool answers_with(const char* name, const std::array<unsigned char, 4>& first_address, int count) noexcept {
  std::array<char, 1024> buffer;
  gaih_addrtuple* first = nullptr;
  int error = 0;
  int h_error = 0;
  if (module().gethostbyname4_r(name, &first, buffer.data(), buffer.size(), &error, &h_error, nullptr) !=
      NSS_STATUS_SUCCESS) {
    return false;
  }
  int found = 0;
  for (const gaih_addrtuple* tuple = first; tuple != nullptr; tuple = tuple->next) ++found;
  return found == count && std::memcmp(first->addr, first_address.data(), first_address.size()) == 0;
}

AddrInfo get_addr_info(const std::string& name, int family, int flags) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_flags = flags;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  AddrInfo answer{getaddrinfo(name.c_str(), nullptr, &hints, &list), "", ""};
  if (answer.result != 0) return answer;
  if (list->ai_canonname != nullptr) answer.canonical = list->ai_canonname;
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    const void* bytes =
        info->ai_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(info->ai_addr)->sin_addr)
            : &reinterpret_cast<const sockaddr_in6*>(info->ai_addr)->sin6_addr;
    append(answer.addresses, text_of(info->ai_family, bytes));
  }
  freeaddrinfo(list);
  return answer;
}

std::string get_name_info(const std::string& address) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (address.find(':') == std::string::npos) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
    length = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr);
    length = sizeof v6;
  }
  std::array<char, NI_MAXHOST> name{};
  const int result = getnameinfo(reinterpret_cast<const sockaddr*>(&storage), length, name.data(),
                                 name.size(), nullptr, 0, NI_NAMEREQD);
  return result == 0 ? name.data() : "";
}

}  // namespace leases::test
