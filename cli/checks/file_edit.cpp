#include "cli/checks/file_edit.h"

#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

std::string sed_command(std::string_view script, const std::string& file) {
  return "sed -i --follow-symlinks -E " + shell_word(script) + ' ' + shell_word(file);
}

std::string sed_literal(std::string_view text) {
  constexpr std::string_view kSpecial = R"(\/.*+?()[]{}|^$&)";
  std::string pattern;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string removing_key(std::string_view key, const std::string& file) {
  // \x27 is the other quote, which the shell would need in a spelling that nobody reads.
  constexpr std::string_view kQuote = R"(["\x27]?)";
  std::string script("/^[[:space:]]*");
  script.append(kQuote).append(key).append(kQuote).append("[[:space:]]*=/d");
  return sed_command(script, file);
}

std::string adding_lines(const std::string& file, const std::vector<std::string>& lines) {
  if (file.empty()) return {};
  std::string command = "printf '%s\\n'";
  const std::string text = read_regular_file(file).text;
  if (!text.empty() && !text.ends_with('\n')) command += " ''";
  for (const std::string& line : lines) command += ' ' + shell_word(line);
  return command + " >> " + shell_word(file);
}

// Debian's "editor" is not on other systems.
std::string editor_command(const std::string& file) {
  return "${EDITOR:-vi} " + shell_word(file);
}

}  // namespace leases::cli
