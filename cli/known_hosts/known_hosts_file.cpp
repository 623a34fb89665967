#include "cli/known_hosts/known_hosts_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/known_hosts/known_host_lines.h"
#include "util/error.h"
#include "util/output_file.h"
#include "util/process.h"
#include "util/regular_file.h"

namespace leases::cli {

namespace {

constexpr const char* kPackage = "openssh-client";
/// Of FILE.old, if ssh-keygen has not made it.
constexpr mode_t kPrivate = 0600;

}  // namespace

KnownHostsFile::KnownHostsFile(std::string path) : path_(std::move(path)) {
  std::error_code error;
  target_ = std::filesystem::canonical(path_, error).string();
  if (error == std::errc::no_such_file_or_directory)
    throw Error(path_ + ": does not exist; name a known_hosts file", error.value());
  if (error) throw errno_error(path_, "cannot be looked at", error.value());
}

std::string KnownHostsFile::find(const std::string& host) const {
  constexpr int kNotThere = 1;
  const ProgramResult found = run_program({"ssh-keygen", "-F", host, "-f", target_}, kPackage);
  if (found.status == kNotThere) return {};
  if (found.status != 0) throw Error(path_ + ": ssh-keygen could not search it for " + host);
  return unmarked_lines(found.output);
}

void KnownHostsFile::remove(const std::string& host) {
  const bool is_first = !original_;
  if (is_first) {
    RegularFile file = read_regular_file(target_);
    if (!file.read()) throw Error(path_ + ": " + file.problem(), file.error);
    original_ = std::move(file.text);
  }
  // ssh-keygen would put a file of its own in the place of a link.
  if (run_program({"ssh-keygen", "-R", host, "-f", target_}, kPackage).status != 0)
    throw Error(path_ + ": ssh-keygen could not remove " + host + " from it");
  if (!is_first) replace_file(target_ + ".old", *original_, kPrivate);
}

}  // namespace leases::cli
