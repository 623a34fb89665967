#pragma once

#include <string>

namespace leases::cli {

/// What stands where libvirt looks for our hook.
enum class HookInPlace {
  nothing,
  ours,
  other,  ///< a file that this program did not write
};

/// The hook by which libvirt tells `leasectl libvirt-hook run` of each domain that stops. libvirt runs every
/// executable file of the directory (https://libvirt.org/hooks.html, since libvirt 6.5), as root, and waits
/// for it.
class HookSwitch {
 public:
  /// `directory`: that of libvirt's hooks for QEMU, /etc/libvirt/hooks/qemu.d. `program`: the path of
  /// leasectl.
  HookSwitch(std::string directory, std::string program);

  [[nodiscard]] const std::string& place() const { return place_; }
  /// Throws Error.
  [[nodiscard]] HookInPlace in_place() const;

  /// For a hook that is ours: why it does not work, and what to do, after its place; empty if nothing is
  /// wrong.
  [[nodiscard]] std::string fault() const;

  /// Need root. Each can be repeated. Throw Error, also where there is a file that is not ours, which stays.
  void on() const;
  void off() const;

 private:
  void require_not_other() const;

  std::string directory_;
  std::string place_;
  std::string program_;
};

}  // namespace leases::cli
