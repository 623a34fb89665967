#include "tests/support/questions.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "tests/support/module.h"

namespace leases::test {

namespace {

Piece text_piece(const char* text) {
  return {text, std::strlen(text) + 1, 1};
}

std::vector<Piece> pieces_of(const gaih_addrtuple* tuple) {
  std::vector<Piece> pieces;
  for (; tuple != nullptr; tuple = tuple->next) {
    pieces.push_back({tuple, sizeof *tuple, alignof(gaih_addrtuple)});
    pieces.push_back(text_piece(tuple->name));
  }
  return pieces;
}

void add_list(char** list, std::vector<Piece>& pieces) {
  std::size_t count = 1;
  while (list[count - 1] != nullptr) ++count;
  pieces.push_back({list, count * sizeof(char*), alignof(char*)});
}

std::vector<Piece> pieces_of(const hostent& host) {
  std::vector<Piece> pieces{text_piece(host.h_name)};
  add_list(host.h_aliases, pieces);
  for (char** alias = host.h_aliases; *alias != nullptr; ++alias) pieces.push_back(text_piece(*alias));
  add_list(host.h_addr_list, pieces);
  for (char** address = host.h_addr_list; *address != nullptr; ++address) {
    pieces.push_back({*address, static_cast<std::size_t>(host.h_length), alignof(in_addr)});
  }
  return pieces;
}

Answered ask_for_all(Caller& caller) {
  gaih_addrtuple* first = nullptr;
  const nss_status status = module().gethostbyname4_r(kAskedName, &first, caller.buffer, caller.size,
                                                      caller.errnop, &caller.h_error, nullptr);
  return {status, pieces_of(first)};
}

/// As nscd did it before glibc 2.16.
Answered ask_for_all_with_a_tuple(Caller& caller) {
  gaih_addrtuple own{};
  gaih_addrtuple* first = &own;
  std::int32_t ttl = 0;
  const nss_status status = module().gethostbyname4_r(kAskedName, &first, caller.buffer, caller.size,
                                                      caller.errnop, &caller.h_error, &ttl);
  if (first != &own || own.name == nullptr) return {status, {}};
  std::vector<Piece> pieces = pieces_of(own.next);
  pieces.push_back(text_piece(own.name));
  return {status, pieces};
}

Question asking_for(const char* text, const std::function<nss_status(Caller&, hostent&)>& call) {
  return {text, [call](Caller& caller) -> Answered {
            hostent host{};
            const nss_status status = call(caller, host);
            if (host.h_name == nullptr) return {status, {}};
            return {status, pieces_of(host)};
          }};
}

using Bytes = std::array<unsigned char, 16>;

Bytes bytes_of(int family, const char* text) {
  Bytes bytes{};
  inet_pton(family, text, bytes.data());
  return bytes;
}

}  // namespace

std::vector<Question> answered_questions() {
  const auto by_name3 = [](int family) {
    return [family](Caller& c, hostent& host) {
      char* canonical = nullptr;
      return module().gethostbyname3_r(kAskedName, family, &host, c.buffer, c.size, c.errnop, &c.h_error,
                                       nullptr, &canonical);
    };
  };
  const auto by_name2 = [](int family) {
    return [family](Caller& c, hostent& host) {
      return module().gethostbyname2_r(kAskedName, family, &host, c.buffer, c.size, c.errnop, &c.h_error);
    };
  };
  const auto by_name1 = [](Caller& c, hostent& host) {
    return module().gethostbyname_r(kAskedName, &host, c.buffer, c.size, c.errnop, &c.h_error);
  };
  const auto by_address2 = [](int family, const char* address) {
    return [family, bytes = bytes_of(family, address)](Caller& c, hostent& host) {
      return module().gethostbyaddr2_r(bytes.data(), family == AF_INET ? 4 : 16, family, &host, c.buffer,
                                       c.size, c.errnop, &c.h_error, nullptr);
    };
  };
  const auto by_address1 = [](Caller& c, hostent& host) {
    const Bytes bytes = bytes_of(AF_INET, kAskedV4);
    return module().gethostbyaddr_r(bytes.data(), 4, AF_INET, &host, c.buffer, c.size, c.errnop, &c.h_error);
  };
  const auto first_of_all = [](Caller& c, hostent& host) {
    module().sethostent(0);
    return module().gethostent_r(&host, c.buffer, c.size, c.errnop, &c.h_error);
  };
  return {{"gethostbyname4_r", ask_for_all},
          {"gethostbyname4_r with a tuple of the caller's", ask_for_all_with_a_tuple},
          asking_for("gethostbyname3_r, IPv4", by_name3(AF_INET)),
          asking_for("gethostbyname3_r, IPv6", by_name3(AF_INET6)),
          asking_for("gethostbyname3_r, no family", by_name3(AF_UNSPEC)),
          asking_for("gethostbyname2_r, IPv4", by_name2(AF_INET)),
          asking_for("gethostbyname2_r, IPv6", by_name2(AF_INET6)),
          asking_for("gethostbyname_r", by_name1),
          asking_for("gethostbyaddr2_r, IPv4", by_address2(AF_INET, kAskedV4)),
          asking_for("gethostbyaddr2_r, IPv6", by_address2(AF_INET6, kAskedV6)),
          asking_for("gethostbyaddr2_r, IPv4 as IPv6", by_address2(AF_INET6, "::ffff:10.77.1.1")),
          asking_for("gethostbyaddr_r", by_address1),
          asking_for("gethostent_r", first_of_all)};
}

}  // namespace leases::test
