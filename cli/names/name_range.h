#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leases::cli {

/// Names written together, as ClusterShell does it: "ci-runner-[0000-4095,9000].lab" is ci-runner-0000.lab
/// and so on. A number keeps the width of the range's first; several brackets give every combination, the
/// last one running fastest. It produces the names one by one, so it needs no memory for them.
class NameRange {
 public:
  /// A text without brackets is one name. Nothing if the brackets are malformed; `problem` then says why.
  static std::optional<NameRange> parse(std::string_view text, std::string& problem);

  /// Writes the next name; false after the last.
  bool next(std::string& name);

 private:
  struct Numbers {
    std::uint64_t first;
    std::uint64_t last;
    std::size_t width;
  };
  /// A pair of brackets, and the text after them.
  struct Part {
    std::vector<Numbers> numbers;
    std::string after;
    std::size_t range = 0;      ///< the current one of `numbers`
    std::uint64_t current = 0;  ///< the current number in it
  };

  static bool parse_brackets(std::string_view text, Part& part, std::string& problem);
  static bool advance(Part& part);

  std::string before_;
  std::vector<Part> parts_;
  bool ended_ = false;
};

}  // namespace leases::cli
