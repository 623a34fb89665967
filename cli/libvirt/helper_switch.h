#pragma once

#include <string>

namespace leases::cli {

/// The helper where libvirt's dnsmasq looks for it.
enum class HelperInPlace {
  nothing,  ///< libvirt's daemon is not installed
  libvirt,  ///< libvirt's, or something else that is not ours
  ours,
};

/// Puts our helper in the place of libvirt's, as a symbolic link, or libvirt's back. A diversion makes dpkg
/// keep libvirt's up to date beside it. At every moment one of the two is in place, complete: without one,
/// libvirt cannot start a network, and dnsmasq never repeats an event. Each command can be repeated, also to
/// finish one that was killed.
class HelperSwitch {
 public:
  /// `place`: the path of libvirt's helper. `ours`: the path of the installed helper of nss-leases.
  HelperSwitch(std::string place, std::string ours);

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] const std::string& ours() const { return ours_; }
  /// The path of libvirt's own helper while ours is in its place.
  [[nodiscard]] const std::string& aside() const { return aside_; }
  /// Throws Error.
  [[nodiscard]] HelperInPlace in_place() const;

  /// Need root and dpkg. Throw Error.
  void on() const;
  void off() const;

 private:
  /// `action`: --add or --remove.
  void divert(const std::string& action) const;

  std::string place_;
  std::string ours_;
  std::string aside_;
};

}  // namespace leases::cli
