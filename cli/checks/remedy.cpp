#include "cli/checks/remedy.h"

#include <sys/stat.h>
#include <unistd.h>

#include "cli/checks/helper_programs.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

/// Whether nobody but root and this user can change what is there: root is to run it.
bool is_trusted(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_uid == 0 || status.st_uid == ::geteuid()) &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// The build directory that cmake installed from; empty for packages, and if it is not there any more, or in
/// somebody else's hands.
std::string build_directory(const CheckContext& context) {
  const std::string file = helper_directory(context) + "/installed-from";
  std::string directory(trimmed(read_regular_file(file).text));
  const bool can_be_used = is_trusted(directory) && is_trusted(directory + "/cmake_install.cmake");
  return can_be_used ? directory : std::string();
}

}  // namespace

std::string install_command(const CheckContext& context) {
  const std::string directory = build_directory(context);
  return directory.empty() ? std::string() : "cmake --install " + shell_word(directory);
}

std::string install_after(const std::string& command, const CheckContext& context) {
  const std::string install = install_command(context);
  return install.empty() ? std::string() : command + " && " + install;
}

std::string install_advice(const CheckContext& context) {
  return install_command(context).empty() ? "; install nss-leases again" : "";
}

}  // namespace leases::cli
