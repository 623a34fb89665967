#include "store/runtime_note.h"

#include <array>
#include <utility>

#include "common/trust.h"
#include "util/error.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases {

std::string RuntimeNote::text() const try {
  RegularFile file = read_regular_file(directory_, name_, limit_);
  if (!file.read() || !is_trustworthy(file.status, directory_.status())) return {};
  return std::move(file.text);
} catch (const Error&) {
  return {};
}

bool RuntimeNote::write(std::string_view text) const try {
  NewFile file(directory_, name_);
  file.write(std::array{text});
  file.put_in_place();
  return true;
} catch (const Error&) {
  return false;
}

}  // namespace leases
