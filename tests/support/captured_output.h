#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "tests/support/built_index.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"

namespace leases::test {

/// Sends a standard stream of this process to a file as long as this object lives.
class CapturedStream {
 public:
  explicit CapturedStream(int descriptor) : descriptor_(descriptor) {
    flush();
    original_ = ::dup(descriptor_);
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(file, descriptor_);
    ::close(file);
  }
  CapturedStream(const CapturedStream&) = delete;
  CapturedStream& operator=(const CapturedStream&) = delete;
  ~CapturedStream() {
    flush();
    ::dup2(original_, descriptor_);
    ::close(original_);
  }

  /// Everything written so far.
  [[nodiscard]] std::string text() const {
    flush();
    return read_file(path_);
  }

 private:
  static void flush() {
    std::cout.flush();
    std::cerr.flush();
    std::fflush(nullptr);
  }

  TemporaryDirectory place_;
  std::string path_ = place_.path_of("output");
  int descriptor_;
  int original_ = -1;
};

class CapturedOutput : public CapturedStream {
 public:
  CapturedOutput() : CapturedStream(STDOUT_FILENO) {}
};

class CapturedErrors : public CapturedStream {
 public:
  CapturedErrors() : CapturedStream(STDERR_FILENO) {}
};

}  // namespace leases::test
