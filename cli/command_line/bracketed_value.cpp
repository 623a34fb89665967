#include "cli/command_line/bracketed_value.h"

#include <cstddef>

#include <CLI/Version.hpp>

namespace leases::cli {

namespace {

constexpr bool kTakesLists = CLI11_VERSION_MAJOR > 2 ||
                             (CLI11_VERSION_MAJOR == 2 && CLI11_VERSION_MINOR >= 5);

/// Where a value in brackets begins: in --option=[VALUE] after the sign, otherwise with the word. The word's
/// length if CLI11 takes it as it is.
std::size_t bracketed_value_in(const std::string& word) {
  if (!kTakesLists) return word.size();
  const std::size_t equals = word.starts_with('-') ? word.find('=') : std::string::npos;
  const std::size_t value = equals == std::string::npos ? 0 : equals + 1;
  const bool is_bracketed = word.size() >= value + 2 && word[value] == '[' && word.back() == ']';
  return is_bracketed ? value : word.size();
}

}  // namespace

std::string for_cli11(const std::string& word) {
  const std::size_t value = bracketed_value_in(word);
  std::string doubled = word.substr(0, value);
  for (std::size_t i = value; i < word.size(); ++i) doubled.append(2, word[i]);
  return doubled;
}

std::string from_cli11(const std::string& word) {
  const std::size_t value = bracketed_value_in(word);
  std::string single = word.substr(0, value);
  for (std::size_t i = value; i < word.size(); i += 2) single.push_back(word[i]);
  return single;
}

}  // namespace leases::cli
