#include "store/own_names.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "common/host_name.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

/// Linux allows 64 bytes (uname(2)), and what else there may be in the file is a comment.
constexpr std::size_t kLargestFile = 4096;

std::string kernel_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// The first word of a line that is neither empty nor a comment.
std::string name_in(std::string_view text) {
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line);
    if (!words.empty() && !words.front().starts_with('#')) return std::string(words.front());
  }
  return {};
}

}  // namespace

std::vector<std::string> own_names(const std::string& hostname_file) {
  std::vector<std::string> names;
  for (const std::string& name :
       {kernel_name(), name_in(read_regular_file(hostname_file, kLargestFile).text)}) {
    const auto label = CanonicalLabel::parse(label_of(name));
    if (!label) continue;
    const std::string folded(label->view());
    if (std::ranges::find(names, folded) == names.end()) names.push_back(folded);
  }
  return names;
}

}  // namespace leases
