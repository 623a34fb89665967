#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/host_index.h"
#include "store/index_file.h"
#include "util/directory.h"

namespace leases {

/// hosts.idx at one moment, for a program that may look at all of it: the file itself loses its contents when
/// a writer replaces it, and its owner could cut it short.
class IndexCopy {
 public:
  /// What of the index is read.
  enum class Part : std::uint8_t {
    all,
    sources,  ///< the sources alone, so that the cost does not depend on the leases: all else is zeros
  };
  /// Nothing if there is no index, or none that can be trusted; `problem` then says what is wrong. Throws
  /// Error if the file cannot be read.
  static std::optional<IndexCopy> of(const Directory& directory, std::string& problem, Part part = Part::all);

  [[nodiscard]] const IndexView& view() const { return view_; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  using Bytes = std::unique_ptr<std::byte[], Free>;

  IndexCopy(Bytes bytes, const IndexView& view) : bytes_(std::move(bytes)), view_(view) {}

  Bytes bytes_;
  IndexView view_;
};

}  // namespace leases
