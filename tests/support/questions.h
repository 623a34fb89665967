#pragma once

#include <netdb.h>
#include <nss.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace leases::test {

/// A piece of memory that a reply refers to.
struct Piece {
  const void* begin;
  std::size_t size;
  std::size_t alignment;
};

/// The caller's side of a call: the buffer, and variables for errors that are not errno.
struct Caller {
  char* buffer;
  std::size_t size;
  int error = 0;
  int h_error = 0;
  int* errnop = &error;
};

struct Answered {
  nss_status status;
  std::vector<Piece> pieces;  ///< all memory of the reply, except for what the caller provides
};

/// A question that is answered from the leases of kAskedHosts, through one entry point.
struct Question {
  std::string text;
  std::function<Answered(Caller&)> ask;
};

/// All entry points that answer, with each family and each way to call them.
std::vector<Question> answered_questions();

/// The name in the questions. It needs several leases of each family.
inline constexpr const char* kAskedName = "asked";
inline constexpr const char* kAskedV4 = "10.77.1.1";
inline constexpr const char* kAskedV6 = "fd00:77::1";

}  // namespace leases::test
