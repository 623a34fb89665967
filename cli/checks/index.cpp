#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/checks/checks.h"
#include "cli/checks/file_edit.h"
#include "cli/checks/remedy.h"
#include "common/trust.h"
#include "store/index_reader.h"
#include "util/directory.h"
#include "util/file.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases::cli {

namespace {

constexpr mode_t kReadByAll = 0444;
constexpr mode_t kEnterByAll = 0555;

std::string owner_and_mode(const struct stat& status) {
  std::string mode;
  for (unsigned bits = status.st_mode & 07777U, i = 0; i < 4; ++i) {
    mode += static_cast<char>('0' + ((bits >> (9 - 3 * i)) & 7U));
  }
  return "user " + std::to_string(status.st_uid) + ", mode " + mode;
}

/// False if a user other than the owner cannot open the directory; root can.
bool is_open_to_all(const std::string& directory, Findings& findings) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      (status.st_mode & kEnterByAll) == kEnterByAll)
    return true;
  findings.problem(printable(directory) + " is closed to other users (" + owner_and_mode(status) +
                       "), so they find nothing",
                   "chmod a+rx " + shell_word(directory));
  return false;
}

/// True if readers would trust the file at the index's path, whatever is in it.
bool check_trust(const CheckContext& context, const Directory& directory, const struct stat& file,
                 Findings& findings) {
  const std::string rebuild = rebuild_command(context);
  const std::string path = printable(directory.path_of(kIndexName));
  const struct stat place = directory.status();
  switch (distrust_of(file, place)) {
    case Distrust::none:
      return true;
    case Distrust::not_regular:
      findings.problem(path + " is " + kind_of_file(file.st_mode) + ", and only a regular file is trusted",
                       (S_ISDIR(file.st_mode) ? "rm -r " + shell_word(directory.path_of(kIndexName)) + " && "
                                              : std::string()) +
                           rebuild);
      break;
    case Distrust::writable_by_others:
      findings.problem(
          path + " can be written by group or others (" + owner_and_mode(file) + "), so it is not trusted",
          rebuild);
      break;
    case Distrust::directory_writable_by_others:
      findings.problem(printable(directory.path()) + " can be written by group or others (" +
                           owner_and_mode(place) + "), so the index in it is not trusted",
                       "chmod go-w " + shell_word(directory.path()) + " && " + rebuild);
      break;
    case Distrust::foreign_owner:
      findings.problem(path + " is owned by user " + std::to_string(file.st_uid) +
                           ", who is neither root nor the owner of the directory",
                       rebuild);
      break;
  }
  return false;
}

/// Whether leasectl and the module can open and read it.
void check_content(const CheckContext& context, const Directory& directory, const struct stat& file,
                   Findings& findings) {
  const std::string path = directory.path_of(kIndexName);
  if (const FileDescriptor opened = directory.open(kIndexName, O_RDONLY); opened.number() < 0) {
    findings.problem(printable(path) + " cannot be opened by this user: " + std::strerror(errno) + " (" +
                         owner_and_mode(file) + ')',
                     "chmod a+r " + shell_word(path));
    return;
  }
  std::string problem;
  if (!IndexCopy::of(directory, problem)) {
    findings.problem(printable(problem) + " (" + std::to_string(file.st_size) + " bytes)",
                     rebuild_command(context));
    return;
  }
  if ((file.st_mode & kReadByAll) != kReadByAll) {
    findings.problem(
        printable(path) + " is closed to other users (" + owner_and_mode(file) + "), so they find nothing",
        "chmod a+r " + shell_word(path));
    return;
  }
  const IndexReader reader(context.settings);
  const std::size_t leases = reader.live_leases().size();
  findings.ok(printable(path) + " is sound: " + std::to_string(leases) +
              (leases == 1 ? " lease" : " leases") + " (" + owner_and_mode(file) + ')');
}

}  // namespace

std::vector<Finding> check_index(const CheckContext& context) {
  Findings findings("index");
  const std::string rebuild = rebuild_command(context);
  const std::string& runtime = context.settings.runtime_directory;
  if (runtime != context.module_runtime)
    findings.problem("the configuration puts the index into " + printable(runtime) +
                         ", but the module looks only in " + context.module_runtime,
                     removing_key("runtime-directory", context.configuration) + " && " + rebuild);
  if (!is_open_to_all(runtime, findings)) return std::move(findings).take();
  const auto directory = Directory::open_existing(runtime);
  const auto file = directory ? directory->status_of(kIndexName) : std::nullopt;
  if (!file) {
    findings.problem(printable(directory ? directory->path_of(kIndexName) : runtime) +
                         " does not exist; the helper creates it with the first lease",
                     rebuild);
  } else if (check_trust(context, *directory, *file, findings)) {
    check_content(context, *directory, *file, findings);
  }
  return std::move(findings).take();
}

}  // namespace leases::cli
