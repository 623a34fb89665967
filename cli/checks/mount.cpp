#include "cli/checks/mount.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "util/path.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// A path in mountinfo, where a blank, a line break and a backslash are three octal digits after a backslash.
std::string decoded(std::string_view text) {
  constexpr std::size_t kDigits = 3;
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view digits = text.substr(std::min(i + 1, text.size()), kDigits);
    const bool is_code = text[i] == '\\' && digits.size() == kDigits &&
                         digits.find_first_not_of("01234567") == std::string_view::npos;
    if (!is_code) {
      path += text[i];
      continue;
    }
    path += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
    i += kDigits;
  }
  return path;
}

bool has_option(std::string_view options, std::string_view option) {
  for (; !options.empty(); options.remove_prefix(std::min(options.find(','), options.size() - 1) + 1)) {
    if (options.substr(0, options.find(',')) == option) return true;
  }
  return false;
}

/// Whether a file system is read-only for good: by its kind, for want of a layer to write in, or because its
/// device is. The words are those of mountinfo, `kind` the place of the first after the dash.
bool is_never_writable(const std::vector<std::string_view>& words, std::size_t kind, const std::string& sys) {
  constexpr std::array<std::string_view, 5> kReadOnlyKinds{"squashfs", "erofs", "iso9660", "cramfs", "romfs"};
  constexpr std::size_t kDevice = 2;
  if (std::ranges::find(kReadOnlyKinds, words[kind]) != kReadOnlyKinds.end()) return true;
  if (words[kind] == "overlay") return words.back().find("upperdir=") == std::string_view::npos;
  return read_regular_file(sys + "/dev/block/" + std::string(words[kDevice]) + "/ro").text.starts_with('1');
}

}  // namespace

std::optional<Mount> mount_of(const std::string& path, const std::string& proc, const std::string& sys) {
  constexpr std::size_t kPoint = 4;
  constexpr std::size_t kOptions = 5;
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error);
  std::optional<Mount> found;
  if (error) return found;
  const std::string text = read_regular_file(proc + "/self/mountinfo").text;
  for (const std::string_view line : lines_of(text)) {
    const auto words = words_of(line);
    // The optional fields end with a dash; the file system's kind, its device and its options follow.
    const auto dash = std::ranges::find(words, "-");
    if (words.size() <= kOptions || words.end() - dash <= 1) continue;
    std::string point = decoded(words[kPoint]);
    // Of several at one place the last one counts.
    if ((point != real && !is_in(real, point)) || (found && point.size() < found->point.size())) continue;
    const auto kind = static_cast<std::size_t>(dash - words.begin()) + 1;
    found =
        Mount{std::move(point), has_option(words[kOptions], "ro") && !is_never_writable(words, kind, sys)};
  }
  return found;
}

}  // namespace leases::cli
