#include "tests/bench/names.h"

#include <arpa/inet.h>

#include <cstdio>
#include <cstring>
#include <random>

namespace leases::bench {

std::string host_name(std::uint32_t n) {
  char text[24];
  std::snprintf(text, sizeof text, "ci-runner-%06u", n);
  return text;
}

std::uint32_t host_address(std::uint32_t n) {
  constexpr std::uint32_t kFirst = 0x0a000001;
  return htonl(kFirst + n);
}

Draws::Draws(std::uint32_t count, Kind kind) : draws_(kCount) {
  constexpr std::uint64_t kSeed = 20240229;
  constexpr std::uint32_t kUnused = 0x8000'0000;
  std::mt19937_64 generator(kSeed);
  std::uniform_int_distribution<std::uint32_t> leases(0, count - 1);
  for (Draw& draw : draws_) {
    const std::uint32_t n = leases(generator);
    const std::string name = host_name(n);
    std::memcpy(draw.name, name.c_str(), name.size() + 1);
    draw.address = host_address(kind == Kind::hits ? n : n + kUnused);
    if (kind == Kind::misses) draw.name[10 + generator() % 6] = 'x';
  }
}

}  // namespace leases::bench
