#pragma once

#include "import/importer.h"
#include "store/settings.h"

namespace leases::cli {

/// Does import_files() and follows the servers' lease files. Throws Error, too, if the system failed to read
/// some of the sources.
ImportResult import_whole(const Settings& settings, ImportScope scope, const ImportWarning& warn);

/// Prints how much the index has after an import: a sentence, or a JSON object (schema/import.schema.json).
/// Throws Error.
void print_import(const ImportResult& result, bool as_json);

}  // namespace leases::cli
