#include "resolve/message_buffer.h"

namespace leases::resolve {

void MessageBuffer::add(std::string_view bytes) {
  bytes_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  bytes_ += bytes;
}

std::optional<std::string_view> MessageBuffer::next() {
  const std::size_t end = end_of_next();
  if (end == std::string::npos) {
    searched_ = bytes_.size();
    return {};
  }
  const std::string_view message(bytes_.data() + begin_, end - begin_);
  begin_ = searched_ = end + 1;
  return message;
}

}  // namespace leases::resolve
