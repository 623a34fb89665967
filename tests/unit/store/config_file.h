#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "store/settings.h"
#include "tests/support/files.h"

namespace leases::test {

/// A configuration of this text.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) { write_file(path(), text); }
  [[nodiscard]] std::string path() const { return directory_.path_of("nss-leases.conf"); }
  [[nodiscard]] Settings read() const { return read_settings(path()); }

 private:
  TemporaryDirectory directory_;
};

/// Whether each of these words is in a line about what is wrong in it.
inline bool mentions(const std::string& line, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (line.find(word) == std::string::npos) return false;
  }
  return true;
}

}  // namespace leases::test
