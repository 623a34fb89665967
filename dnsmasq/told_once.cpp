#include "dnsmasq/told_once.h"

#include <cstddef>
#include <exception>

#include "store/runtime_note.h"
#include "util/directory.h"

namespace leases {

namespace {

/// Room for some hundred starts. A fuller note begins again.
constexpr std::size_t kMaxNoteSize = 8192;

}  // namespace

bool is_told_now(const std::string& runtime_directory, const ProcessIdentity& process) noexcept try {
  const auto directory = Directory::open_existing(runtime_directory);
  if (!directory) return true;
  const RuntimeNote note(*directory, kToldFile, kMaxNoteSize);
  const std::string told = note.text();
  const std::string line = std::to_string(process.id) + ' ' + std::to_string(process.started) + '\n';
  if (told.starts_with(line) || told.find('\n' + line) != std::string::npos) return false;
  static_cast<void>(note.write(told + line));
  return true;
} catch (const std::exception&) {
  return true;
}

}  // namespace leases
