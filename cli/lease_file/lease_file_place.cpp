#include "cli/lease_file/lease_file_place.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string_view>

#include <climits>

#include "dnsmasq/processes.h"
#include "util/error.h"
#include "util/file.h"

namespace leases::cli {

namespace {

/// Whether a process's open file is the one at a place, or was until that was removed.
bool is_at(const std::string& descriptor, const SourcePlace& place) {
  struct stat open {};
  if (::stat(descriptor.c_str(), &open) != 0) return false;
  if (place.status && is_same_file(*place.status, open)) return true;
  if (open.st_nlink != 0 || open.st_dev != place.directory->status().st_dev) return false;
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlink(descriptor.c_str(), target.data(), target.size());
  return length > 0 &&
         std::string_view(target.data(), static_cast<std::size_t>(length)) == path_of(place) + " (deleted)";
}

}  // namespace

SourcePlace lease_file_place(const std::string& path) {
  SourcePlace place = place_of(std::filesystem::absolute(path).string());
  if (!place.refused_link.empty()) {
    throw Error(place.refused_link +
                ": is a link that others than root can change; name the file that it leads to");
  }
  if (!place.directory) throw Error(path + ": its directory does not exist");
  return place;
}

std::string path_of(const SourcePlace& place) {
  return place.directory->path_of(place.name);
}

std::optional<pid_t> dnsmasq_with_open_file(const SourcePlace& place) {
  for (const DnsmasqProcess& process : dnsmasq_processes()) {
    const std::string directory = "/proc/" + std::to_string(process.number) + "/fd";
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), ::closedir);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
      if (is_at(directory + '/' + entry->d_name, place)) return process.number;
    }
  }
  return {};
}

}  // namespace leases::cli
