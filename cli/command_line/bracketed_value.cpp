#include "cli/command_line/bracketed_value.h"

#include <cstddef>

#include <CLI/Version.hpp>

namespace leases::cli {

namespace {

constexpr bool kTakesLists = CLI11_VERSION_MAJOR > 2 ||
                             (CLI11_VERSION_MAJOR == 2 && CLI11_VERSION_MINOR >= 5);

/// Where the value begins: in --option=VALUE after the sign, otherwise with the word.
std::size_t value_of(const std::string& word) {
  const std::size_t equals = word.starts_with('-') ? word.find('=') : std::string::npos;
  return equals == std::string::npos ? 0 : equals + 1;
}

}  // namespace

std::string for_cli11(const std::string& word) {
  if (!kTakesLists) return word;
  const std::size_t value = value_of(word);
  if (word.size() < value + 2 || word[value] != '[' || word.back() != ']') return word;
  std::string doubled = word.substr(0, value);
  for (std::size_t i = value; i < word.size(); ++i) doubled.append(2, word[i]);
  return doubled;
}

std::string from_cli11(const std::string& word) {
  if (!kTakesLists) return word;
  const std::size_t value = value_of(word);
  if (word.size() < value + 2 || word[value] != '[' || word.back() != ']') return word;
  std::string single = word.substr(0, value);
  for (std::size_t i = value; i < word.size(); i += 2) single.push_back(word[i]);
  return single;
}

}  // namespace leases::cli
