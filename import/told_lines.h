#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace leases {

/// Which lines about files go to the log, so that whoever may write one cannot fill it: each line once in a
/// while, and only some about one file. Lines that differ in how many more problems there are count as one.
class ToldLines {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Long enough that a file which is written all the time costs the log little.
  static constexpr std::chrono::minutes kSilence{1};
  static constexpr std::size_t kMost = 1000;      ///< in that time
  static constexpr std::size_t kMostOfFile = 20;  ///< of these, about one file

  /// Whether to log the line now. If so, it counts as told.
  bool tell(std::string_view line, Time now);

 private:
  /// Lines about one file, and when they were told.
  using OfFile = std::map<std::string, Time, std::less<>>;

  void forget(Time now);
  [[nodiscard]] std::size_t size() const;

  std::map<std::string, OfFile, std::less<>> files_;
};

}  // namespace leases
