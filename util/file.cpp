#include "util/file.h"

#include <unistd.h>

namespace leases {

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

}  // namespace leases
