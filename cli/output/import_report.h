#pragma once

#include "import/importer.h"
#include "store/settings.h"

namespace leases::cli {

/// import_files(), but a failure of the system to look at some of the sources is a Error, too.
ImportResult import_whole(const Settings& settings, ImportScope scope, const ImportWarning& warn);

/// Prints what the index has after an import: a sentence, or a JSON object (schema/import.schema.json).
/// Throws Error if it cannot be written.
void print_import(const ImportResult& result, bool as_json);

}  // namespace leases::cli
