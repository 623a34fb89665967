#include "helper/import_pause.h"

#include <cstddef>
#include <cstdint>
#include <exception>

#include "store/runtime_note.h"
#include "util/decimal.h"
#include "util/directory.h"

namespace leases {

namespace {

constexpr std::size_t kMaxPauseNote = 32;
constexpr std::uint64_t kPauseSeconds = 60;

}  // namespace

bool is_import_paused(const std::string& runtime_directory, EpochSeconds now) noexcept try {
  const auto directory = Directory::open_existing(runtime_directory);
  if (!directory) return false;
  const RuntimeNote note(*directory, kImportPauseFile, kMaxPauseNote);
  const auto since = parse_decimal<std::uint64_t>(note.text());
  // A clock that was set back does not make the pause longer.
  return since && now.value >= *since && now.value - *since < kPauseSeconds;
} catch (const std::exception&) {
  return false;
}

void pause_imports(const std::string& runtime_directory, EpochSeconds now) noexcept try {
  const auto directory = Directory::open_existing(runtime_directory);
  if (!directory) return;
  const RuntimeNote note(*directory, kImportPauseFile, kMaxPauseNote);
  static_cast<void>(note.write(std::to_string(now.value)));
} catch (const std::exception&) {
  // The next event tries again.
}

}  // namespace leases
