#pragma once

#include <cstddef>
#include <string>

#include <boost/interprocess/exceptions.hpp>
#include <boost/interprocess/mapped_region.hpp>

#include "util/error.h"
#include "util/file.h"

namespace leases {

/// Maps the first `size` bytes, at least one, of an open file, for writing; the mapping outlives the
/// descriptor. (Boost's own file_mapping opens by path, and follows links.) Throws Error, which names `path`.
inline boost::interprocess::mapped_region map_file(const FileDescriptor& file, const std::string& path,
                                                   std::size_t size) {
  namespace ipc = boost::interprocess;
  struct OpenFile {
    int number;
    [[nodiscard]] ipc::mapping_handle_t get_mapping_handle() const { return {number, false}; }
  };
  try {
    return {OpenFile{file.number()}, ipc::read_write, 0, size};
  } catch (const ipc::interprocess_exception& error) {
    throw errno_error(path, "cannot be mapped", error.get_native_error());
  }
}

}  // namespace leases
