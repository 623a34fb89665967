#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace leases {

/// Something that a person has to put right. The text is one line: the file, what is wrong with it, and what
/// to do, if that is known where the error is thrown. Callers that know more about the situation add advice.
class Error : public std::runtime_error {
 public:
  /// `error` is the system's number for it (errno(3)), or 0.
  explicit Error(const std::string& text, int error = 0)
      : std::runtime_error(text), fact_size_(text.size()), error_(error) {}

  [[nodiscard]] int error() const { return error_; }

  /// The same error with this advice in place of any that was added before.
  [[nodiscard]] Error with_advice(std::string_view advice) const;

 private:
  std::size_t fact_size_;  ///< of the text without the advice
  int error_;
};

/// An error of the system about a file: the file, what failed ("cannot be written"), and why.
Error errno_error(const std::string& path, std::string_view failed, int error);

/// Whether an error of looking at a path is about what stands there or on the way: nothing, a link, a device,
/// or something that is not readable by this process.
bool is_path_error(int error);

/// Whether an error is about that place on the disk.
bool is_disk_error(int error);

/// Whether an error lasts until somebody changes something there. All others are failures of the system (no
/// memory, no descriptor left), and the next look may succeed.
bool is_permanent(int error);

/// Whether a right is missing that another user may have.
bool is_denial(int error);

}  // namespace leases
