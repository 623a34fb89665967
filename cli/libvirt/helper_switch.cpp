#include "cli/libvirt/helper_switch.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "util/error.h"
#include "util/file.h"
#include "util/process.h"

namespace leases::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kDivert = "/usr/bin/dpkg-divert";

void check(const std::error_code& error, const std::string& path, std::string_view failed) {
  if (error) throw errno_error(path, failed, error.value());
}

/// Whether there is anything at a path, even a dangling link.
bool exists(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::none) check(error, path, "cannot be examined");
  return fs::exists(status);
}

/// Serialises switching: on and off at once could leave neither helper. Only root may open the lock, or
/// others could hold it.
FileDescriptor hold_lock() {
  constexpr const char* kPath = "/run/leasectl-libvirt-helper.lock";
  FileDescriptor lock(::open(kPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (lock.number() < 0) throw errno_error(kPath, "cannot be opened", errno);
  while (::flock(lock.number(), LOCK_EX) != 0) {
    if (errno != EINTR) throw errno_error(kPath, "cannot be locked", errno);
  }
  return lock;
}

void move(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  check(error, to, "cannot be replaced");
}

void remove(const std::string& path) {
  std::error_code error;
  fs::remove(path, error);
  check(error, path, "cannot be removed");
}

}  // namespace

HelperSwitch::HelperSwitch(std::string place, std::string ours)
    : place_(std::move(place)), ours_(std::move(ours)), aside_(place_ + ".distrib") {}

HelperInPlace HelperSwitch::in_place() const {
  if (!exists(place_)) return HelperInPlace::nothing;
  std::error_code error;
  const fs::path target = fs::read_symlink(place_, error);
  if (error == std::errc::invalid_argument) return HelperInPlace::libvirt;  // not a link
  check(error, place_, "cannot be examined");
  return target == ours_ ? HelperInPlace::ours : HelperInPlace::libvirt;
}

void HelperSwitch::on() const {
  const FileDescriptor lock = hold_lock();
  if (::access(ours_.c_str(), X_OK) != 0) throw errno_error(ours_, "cannot be run", errno);
  const HelperInPlace before = in_place();
  if (before == HelperInPlace::nothing && !exists(aside_))
    throw Error(place_ + ": does not exist; install libvirt's daemon first: apt install libvirt-daemon");
  divert("--add");
  if (before == HelperInPlace::ours) return;
  std::error_code error;
  if (!exists(aside_)) {
    fs::create_hard_link(place_, aside_, error);
    check(error, aside_, "cannot be created");
  }
  const std::string link = place_ + ".new";
  remove(link);
  fs::create_symlink(ours_, link, error);
  check(error, link, "cannot be created");
  move(link, place_);
}

void HelperSwitch::off() const {
  const FileDescriptor lock = hold_lock();
  if (exists(aside_)) {
    move(aside_, place_);
    // A rename does nothing if both names are of one file, as after an on() that was killed.
    remove(aside_);
  } else if (in_place() == HelperInPlace::ours) {
    // libvirt's daemon was removed meanwhile.
    remove(place_);
  }
  divert("--remove");
}

void HelperSwitch::divert(const std::string& action) const {
  if (::access(kDivert, X_OK) != 0) {
    throw Error(std::string(kDivert) + ": does not exist; without dpkg, replace " + place_ +
                " by hand with a link to " + ours_ + " after each update of libvirt");
  }
  const ProgramResult result =
      run_program({kDivert, "--quiet", "--local", "--divert", aside_, "--no-rename", action, place_}, "dpkg");
  if (result.status != 0)
    throw Error(place_ + ": dpkg-divert could not " + (action == "--add" ? "set it aside" : "give it back") +
                "; see its message above");
}

}  // namespace leases::cli
