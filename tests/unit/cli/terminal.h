#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace leases::cli::test {

/// Makes a stream of this process a terminal (pty(7)) of this width as long as this object lives.
class Terminal {
 public:
  Terminal(int descriptor, unsigned short columns) : descriptor_(descriptor) {
    std::fflush(nullptr);
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    const int other = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(other >= 0);
    winsize size{};
    size.ws_col = columns;
    ::ioctl(other, TIOCSWINSZ, &size);
    ::dup2(other, descriptor_);
    ::close(other);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    std::fflush(nullptr);
    ::dup2(original_, descriptor_);
    ::close(original_);
    ::close(master_);
  }

  /// What was written since the last call.
  std::string text() {
    std::fflush(nullptr);
    std::string text;
    pollfd file{master_, POLLIN, 0};
    std::array<char, 4096> buffer{};
    while (::poll(&file, 1, 0) == 1) {
      const ssize_t size = ::read(master_, buffer.data(), buffer.size());
      if (size <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
  }

 private:
  int descriptor_;
  int original_ = ::dup(descriptor_);
  int master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
};

}  // namespace leases::cli::test
