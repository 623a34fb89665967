#pragma once

#include <string>

namespace leases::cli {

/// What stands where libvirt's dnsmasq looks for its helper.
enum class HelperInPlace {
  nothing,  ///< libvirt's daemon is not installed
  libvirt,  ///< libvirt's, or something else that is not ours
  ours,
};

/// Puts our helper in the place of libvirt's, as a symbolic link, or libvirt's back. dpkg is told, so that it
/// keeps libvirt's up to date beside it. At every moment there is one of the two, whole: without one, libvirt
/// starts no network, and dnsmasq never repeats an event. Each command can be repeated, also to finish one
/// that was killed.
class HelperSwitch {
 public:
  /// `place` is the path of libvirt's helper, `ours` that of the installed one of nss-leases.
  HelperSwitch(std::string place, std::string ours);

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] const std::string& ours() const { return ours_; }
  /// Where libvirt's own helper is meanwhile.
  [[nodiscard]] const std::string& aside() const { return aside_; }
  /// Throws Error if it cannot be looked at.
  [[nodiscard]] HelperInPlace in_place() const;

  /// To be run as root, where dpkg is. Throw Error.
  void on() const;
  void off() const;

 private:
  /// --add or --remove.
  void divert(const std::string& action) const;

  std::string place_;
  std::string ours_;
  std::string aside_;
};

}  // namespace leases::cli
