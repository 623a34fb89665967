#pragma once

#include <string>

#include "common/time.h"

namespace leases {

/// The file in the runtime directory with the second in which an import that can wait was given up.
inline constexpr const char* kImportPauseFile = "import-paused";

/// While a file cannot be read, an import that no event depends on would fail at every event, and each would
/// wait for it. So after a failure there is none for a minute.
bool is_import_paused(const std::string& runtime_directory, EpochSeconds now) noexcept;
/// If this cannot be noted, there is no pause.
void pause_imports(const std::string& runtime_directory, EpochSeconds now) noexcept;

}  // namespace leases
