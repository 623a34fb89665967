#include "resolve/message_buffer.h"

namespace leases::resolve {

std::optional<std::string_view> MessageBuffer::next() {
  const std::size_t end = end_of_next();
  if (end == std::string::npos) {
    // What was taken is given back, so that only the rest is kept for the peer.
    if (begin_ > 0) bytes_ = bytes_.substr(begin_);
    begin_ = 0;
    searched_ = bytes_.size();
    return {};
  }
  const std::string_view message(bytes_.data() + begin_, end - begin_);
  begin_ = searched_ = end + 1;
  return message;
}

}  // namespace leases::resolve
