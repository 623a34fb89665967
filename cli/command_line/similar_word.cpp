#include "cli/command_line/similar_word.h"

#include <algorithm>
#include <cstddef>

namespace leases::cli {

namespace {

/// The distance of Damerau and Levenshtein, without changing a part twice.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> steps(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        steps[i][j] = i + j;
        continue;
      }
      const std::size_t replaced = steps[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, replaced});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
    }
  }
  return steps[a.size()][b.size()];
}

}  // namespace

std::string similar_word(const std::string& word, const std::vector<std::string>& words) {
  constexpr std::size_t kLongest = 64;
  std::string nearest;
  if (word.size() > kLongest) return nearest;
  std::size_t least = word.size() / 3 + 1;
  for (const std::string& other : words) {
    const std::size_t steps = distance(word, other);
    if (steps >= least) continue;
    least = steps;
    nearest = other;
  }
  return nearest;
}

}  // namespace leases::cli
