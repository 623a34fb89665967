#include "share/record.h"

#include <simdjson.h>

#include "import/status_parser.h"
#include "store/status_keys.h"
#include "store/status_text.h"

namespace leases::share {

std::string shared_record_text(const Lease& lease) {
  Lease own = lease;
  own.source = {};
  std::string text = record_text(own);
  if (lease.guest_name.empty()) return text;
  constexpr std::string_view kEnd = "\n  }";
  text.resize(text.size() - kEnd.size());
  text.append(",\n    \"").append(status_keys::kGuest).append("\": \"").append(lease.guest_name).append("\"");
  return text.append(kEnd);
}

/// No text in a record has a line break, so those in it are the layout's.
std::string record_of(const Lease& lease) {
  std::string line;
  bool is_indent = true;
  for (const char c : shared_record_text(lease)) {
    if (is_indent && c == ' ') continue;
    is_indent = c == '\n';
    if (!is_indent) line += c;
  }
  return line;
}

bool is_record_of(std::string_view value, const IpAddress& address) {
  if (value.size() > kMaxRecord) return false;
  // It stands between others in a file: nothing but a whole object may.
  simdjson::dom::parser parser;
  if (!parser.parse(value.data(), value.size()).is_object()) return false;
  const ParsedFile parsed = parse_shared_status(std::string("[").append(value).append("]"), {}, {1});
  return parsed.damage.empty() && parsed.leases.size() == 1 && parsed.leases.front().address == address;
}

}  // namespace leases::share
