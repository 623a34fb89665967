#include "dnsmasq/told_once.h"

#include <array>
#include <cstddef>
#include <exception>
#include <string_view>

#include "util/directory.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases {

namespace {

/// Some hundred starts; then it begins again.
constexpr std::size_t kMaxNoteSize = 8192;

}  // namespace

bool is_told_now(const std::string& runtime_directory, const ProcessIdentity& process) noexcept try {
  const auto directory = Directory::open_existing(runtime_directory);
  if (!directory) return true;
  const std::string told = read_regular_file(*directory, kToldFile, kMaxNoteSize).text;
  const std::string line = std::to_string(process.id) + ' ' + std::to_string(process.started) + '\n';
  if (told.starts_with(line) || told.find('\n' + line) != std::string::npos) return false;
  NewFile now(*directory, kToldFile);
  now.write(std::array{std::string_view(told), std::string_view(line)});
  now.put_in_place();
  return true;
} catch (const std::exception&) {
  return true;
}

}  // namespace leases
