#pragma once

#include <string>

#include "util/error.h"

namespace leases {

/// An error of the system at a directory of the store or a file in it, with advice for the administrator of
/// the helper. `directory` is the path of the state or the runtime directory.
Error store_error(const std::string& directory, const Error& cause);

/// Does some work at a directory of the store: what it throws gets that advice.
template <typename Work>
auto at_store(const std::string& directory, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw store_error(directory, error);
  }
}

}  // namespace leases
