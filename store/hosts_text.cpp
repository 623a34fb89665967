#include "store/hosts_text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

#include "common/host_name.h"

namespace leases {

namespace {

/// Three million lines; what is larger must not take all memory.
constexpr off_t kMaxSize = off_t{1} << 27;
/// Most of what a large file costs is memory that is touched for the first time, so it is used again.
constexpr std::size_t kPiece = std::size_t{1} << 16;

/// Whether what stands at a place in a text is a word, or the first label of one.
bool is_word(std::string_view text, std::size_t at, std::size_t size) {
  constexpr std::string_view kBefore = " \t\r\v\f,";
  constexpr std::string_view kAfter = " \t\r\v\f,.#\n";
  const std::size_t end = at + size;
  return at > 0 && kBefore.find(text[at - 1]) != std::string_view::npos &&
         (end == text.size() || kAfter.find(text[end]) != std::string_view::npos);
}

/// Appends those of some whole lines that have the label.
void keep_lines(std::string_view text, std::string_view label, std::string& kept) {
  for (std::size_t at = 0; at < text.size();) {
    const void* found = ::memmem(text.data() + at, text.size() - at, label.data(), label.size());
    if (found == nullptr) return;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    if (!is_word(text, at, label.size())) {
      ++at;
      continue;
    }
    const std::size_t begin = text.rfind('\n', at) + 1;
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
    kept.append(text.substr(begin, at - begin));
  }
}

int read_lines(const FileDescriptor& file, std::size_t piece_size, std::string_view label,
               std::string& lines) {
  std::string piece;  // begins with what was read of a line already
  for (;;) {
    const std::size_t begun = piece.size();
    piece.resize(begun + piece_size);
    const ssize_t count = ::read(file.number(), piece.data() + begun, piece_size);
    if (count < 0 && errno != EINTR) return errno;
    piece.resize(begun + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0) continue;
    const std::span<char> fresh = std::span(piece).subspan(begun);
    std::ranges::transform(fresh, fresh.begin(), fold_ascii);
    if (count == 0 && !piece.empty()) piece += '\n';
    const std::size_t whole = piece.rfind('\n') + 1;
    if (label.empty()) {
      lines.append(piece, 0, whole);
    } else {
      keep_lines(std::string_view(piece).substr(0, whole), label, lines);
    }
    if (count == 0) return 0;
    piece.erase(0, whole);
  }
}

}  // namespace

HostsText read_hosts_text(const FileDescriptor& file, std::string_view label) {
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return {{}, errno};
  if (S_ISDIR(status.st_mode)) return {{}, EISDIR};
  if (!S_ISREG(status.st_mode)) return {{}, ENXIO};
  if (status.st_size > kMaxSize) return {{}, EFBIG};
  HostsText text;
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (label.empty()) text.lines.reserve(size + 1);
  text.error = read_lines(file, std::min(size + 1, kPiece), label, text.lines);
  return text;
}

}  // namespace leases
