#pragma once

#include <string_view>

namespace leases {

/// A network of another host, whose leases came through etcd. The index calls it HOST:NETWORK, so that
/// networks of one name on several hosts stay apart.
struct SharedNetwork {
  std::string_view host;
  std::string_view network;  ///< as its own host calls it

  /// Of a name in the index. A host's name has no `:`, which a network's may have. Without one, there is no
  /// host.
  static constexpr SharedNetwork parse(std::string_view name) noexcept {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return {{}, name};
    // substr() may throw.
    return {{name.data(), colon}, {name.data() + colon + 1, name.size() - colon - 1}};
  }
};

}  // namespace leases
