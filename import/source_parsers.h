#pragma once

#include "common/source_kind.h"
#include "import/parsed_file.h"
#include "import/source_text.h"

namespace leases {

/// Reads a file of a kind with that kind's parser.
ParsedFile parse_source(SourceKind kind, const SourceText& source);

}  // namespace leases
