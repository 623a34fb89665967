#pragma once

#include <string_view>

#include "common/source_kind.h"
#include "common/time.h"
#include "import/parsed_file.h"

namespace leases {

/// Reads a file of a kind with that kind's parser. `network` is whose leases they are, and must outlive the
/// result; `modified` is when the file was written.
ParsedFile parse_source(SourceKind kind, std::string_view text, std::string_view network,
                        ChangeTime modified);

}  // namespace leases
