#include "cli/checks/remedy.h"

#include "cli/checks/helper_programs.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

/// The build directory that cmake installed from; empty for packages.
std::string build_directory(const CheckContext& context) {
  const std::string file = helper_directory(context) + "/installed-from";
  return std::string(trimmed(read_regular_file(file).text));
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
