#pragma once

#include "helper/importer.h"
#include "helper/lease_store.h"

namespace leases::cli {

/// Throws StoreError if the system failed to look at some of the sources: the import is not whole.
void require_whole(const ImportResult& result);

/// Prints what the index has after an import: a sentence, or a JSON object (schema/import.schema.json).
/// Throws StoreError if it cannot be written.
void print_import(const ImportResult& result, const LeaseStore& store, bool as_json);

}  // namespace leases::cli
