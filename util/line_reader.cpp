#include "util/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "util/error.h"

namespace leases {

namespace {
constexpr std::size_t kBufferSize = 0x10000;
}

LineReader::LineReader(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)), buffer_(kBufferSize, '\0') {}

std::optional<std::string_view> LineReader::next() {
  for (;;) {
    const std::string_view unread(buffer_.data() + begin_, end_ - begin_);
    const std::size_t length = unread.find('\n');
    if (length != std::string_view::npos) {
      begin_ += length + 1;
      return unread.substr(0, length);
    }
    if (refill()) continue;
    const std::string_view rest(buffer_.data(), end_);
    begin_ = end_ = 0;
    if (rest.empty()) return {};
    return rest;
  }
}

/// False at the end of the input, and if the buffer is full.
bool LineReader::refill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) return false;
  ssize_t count = -1;
  do {
    count = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw errno_error(name_, "cannot be read", errno);
  end_ += static_cast<std::size_t>(count);
  return count > 0;
}

}  // namespace leases
