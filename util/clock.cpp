#include "util/clock.h"

#include <ctime>

namespace leases {

EpochSeconds now() {
  return {static_cast<std::uint64_t>(std::time(nullptr))};
}

}  // namespace leases
