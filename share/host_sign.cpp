#include "share/host_sign.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>

#include <nlohmann/json.hpp>

#include "paths.h"
#include "util/directory.h"
#include "util/error.h"
#include "util/hex_text.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases::share {

namespace {

/// With a dot, so that no host has the name.
constexpr const char* kInstanceFile = ".instance";
constexpr std::size_t kInstanceBytes = 16;
/// Hex with colons, and a line break.
constexpr std::size_t kMaxInstance = 64;
/// In seconds since 1970. No clock is that far off, and differences of times up to here fit in 64 bits.
constexpr std::uint64_t kLatest = std::uint64_t{1} << 40U;

std::string new_instance() {
  std::array<std::uint8_t, kInstanceBytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw errno_error("getrandom", "failed", errno);
  return hex_text(bytes);
}

}  // namespace

std::string HostSign::text() const {
  return nlohmann::ordered_json{{"instance", instance}, {"time", time.value}, {"version", paths::kVersion}}
      .dump();
}

std::optional<HostSign> HostSign::parse(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return {};
  const auto instance = object.find("instance");
  const auto time = object.find("time");
  if (instance == object.end() || !instance->is_string() || time == object.end() ||
      !time->is_number_unsigned())
    return {};
  const auto seconds = time->get<std::uint64_t>();
  if (seconds > kLatest) return {};
  return HostSign{instance->get<std::string>(), {seconds}};
}

std::string own_instance(const std::string& directory_path) {
  const Directory directory = Directory::open_or_create(directory_path);
  const RegularFile known = read_regular_file(directory, kInstanceFile, kMaxInstance);
  if (known.read() && known.text.ends_with('\n') && known.text.size() > kInstanceBytes)
    return known.text.substr(0, known.text.size() - 1);
  std::string instance = new_instance();
  NewFile file(directory, kInstanceFile);
  const std::array<std::string_view, 2> pieces{instance, "\n"};
  file.write(pieces);
  file.sync();
  file.put_in_place();
  return instance;
}

}  // namespace leases::share
