/// Any bytes as the whole index file.

#include <cstring>
#include <span>
#include <vector>

#include "tests/fuzz/read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leases;
  // Mapped files begin at a page; the bytes after their end do not belong to them.
  std::vector<std::uint64_t> aligned((size + 7) / 8);
  if (size > 0) std::memcpy(aligned.data(), data, size);
  const auto bytes = std::as_bytes(std::span(aligned)).first(size);
  IndexImage index;
  if (IndexImage::open(bytes, index) != IndexFault::none) return 0;
  static_cast<void>(index.superseded());
  if (const auto view = IndexView::of(index)) fuzz::read_everything(*view, {1'800'000'000});
  return 0;
}
