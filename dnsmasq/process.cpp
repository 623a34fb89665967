#include "dnsmasq/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include "common/hash.h"
#include "util/file.h"
#include "util/processes.h"
#include "util/regular_file.h"

namespace leases {

namespace {

/// How many ancestors are searched for dnsmasq: a script that calls the helper may stand in between, and its
/// shell.
constexpr int kMostAncestors = 4;

/// Of a process namespace (pid_namespaces(7)).
constexpr pid_t kFirstProcess = 1;

/// How a network namespace with a name is told from one without.
constexpr std::string_view kNamePrefix = "name:";

std::string path_in_proc(pid_t process, std::string_view name, const std::string& proc = "/proc") {
  return proc + '/' + std::to_string(process) + '/' + std::string(name);
}

/// Nothing, and errno, if it cannot be read.
std::optional<std::string> target_of(const std::string& link) {
  std::array<char, 4096> target;
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  if (length < 0) return {};
  return std::string(target.data(), static_cast<std::size_t>(length));
}

/// Nothing if it has ended.
std::optional<ProcessState> running_process(pid_t id) {
  auto state = state_of_process(id);
  if (state && state->state == 'Z') return {};
  return state;
}

ProcessIdentity identity_of(const ProcessState& state) {
  return {state.id, state.started, boot_id()};
}

/// The values of the options that name files, in the order of the command line. This does not always read
/// them as dnsmasq does, but always the same way.
std::string files_named_in(const std::vector<std::string>& words) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kOptions{
      {{"-C", "--conf-file"}, {"-7", "--conf-dir"}, {"-l", "--dhcp-leasefile"}, {"-x", "--pid-file"}}};
  std::string named;
  for (std::size_t i = 1; i < words.size(); ++i) {
    for (const auto& [letter, name] : kOptions) {
      std::string_view value = words[i];
      if (value == letter || value == name) {
        value = i + 1 < words.size() ? std::string_view(words[i + 1]) : std::string_view{};
      } else if (value.starts_with(name) && value.substr(name.size()).starts_with('=')) {
        value.remove_prefix(name.size() + 1);
      } else if (value.starts_with(letter)) {
        value.remove_prefix(letter.size());
      } else {
        continue;
      }
      named.append(letter).append(value).push_back('\n');
    }
  }
  return named;
}

bool is_open_for_appending_and_reading(pid_t process, const std::string& descriptor) {
  constexpr std::string_view kFlags = "flags:\t";
  const std::string text = read_regular_file(path_in_proc(process, "fdinfo/" + descriptor)).text;
  const std::size_t begin = text.find(kFlags);
  if (begin == std::string::npos) return false;
  const unsigned long flags = std::strtoul(text.c_str() + begin + kFlags.size(), nullptr, 8);
  return (flags & O_ACCMODE) == O_RDWR && (flags & O_APPEND) != 0;
}

}  // namespace

std::string boot_id() {
  static const std::string id = [] {
    const std::string text = read_regular_file("/proc/sys/kernel/random/boot_id").text;
    return text.substr(0, text.find('\n'));
  }();
  return id;
}

std::optional<ProcessIdentity> identity_of_process(pid_t process) {
  const auto state = running_process(process);
  if (!state) return {};
  return identity_of(*state);
}

bool is_running(const ProcessIdentity& process) {
  return process.id > 0 && identity_of_process(process.id) == process;
}

std::optional<CallingDnsmasq> calling_dnsmasq(pid_t parent) {
  // In a container, dnsmasq may be process 1, whose parent has the id 0 there.
  pid_t process = parent;
  for (int i = 0; i < kMostAncestors && process > 0; ++i) {
    const auto state = running_process(process);
    if (!state) return {};
    if (state->name == "dnsmasq") return CallingDnsmasq{identity_of(*state), state->parent};
    process = state->parent;
  }
  return {};
}

pid_t parent_of(pid_t process) {
  const auto state = running_process(process);
  return state ? state->parent : 0;
}

bool may_be_fork_of(pid_t child, pid_t parent, const std::string& proc) {
  struct stat of_child {};
  struct stat of_parent {};
  if (::stat(path_in_proc(child, "ns/net", proc).c_str(), &of_child) == 0 &&
      ::stat(path_in_proc(parent, "ns/net", proc).c_str(), &of_parent) == 0 &&
      !is_same_file(of_child, of_parent))
    return false;
  return arguments_of(child, proc) == arguments_of(parent, proc);
}

bool has_ended(const CallingDnsmasq& caller) {
  const auto parent = running_process(caller.parent);
  if (!parent || parent->name != "dnsmasq") return true;
  // In a container another dnsmasq may be the first process, which adopts those whose parents have ended.
  return caller.parent == kFirstProcess && !may_be_fork_of(caller.process.id, caller.parent);
}

bool runs_scripts(const ProcessIdentity& process) {
  return is_running(process) && !has_ended({process, parent_of(process.id)});
}

std::string configuration_of(const CallingDnsmasq& caller) {
  constexpr std::string_view kOption = "--conf-file=";
  for (const std::string& argument : arguments_of(caller.process.id)) {
    if (argument.starts_with(kOption)) return argument.substr(kOption.size());
  }
  return {};
}

std::string network_namespace(const std::string& process, const std::string& names) {
  struct stat own {};
  if (::stat((process + "/ns/net").c_str(), &own) != 0) return {};
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(names.c_str()), ::closedir);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    struct stat named {};
    const bool is_own =
        ::fstatat(::dirfd(listing.get()), entry->d_name, &named, 0) == 0 && is_same_file(named, own);
    if (is_own) return std::string(kNamePrefix) + entry->d_name;
  }
  return "id:" + std::to_string(own.st_ino);
}

bool is_named_namespace(std::string_view network_namespace) {
  return network_namespace.starts_with(kNamePrefix);
}

std::string options_key(pid_t dnsmasq, const std::string& proc) {
  const std::vector<std::string> arguments = arguments_of(dnsmasq, proc);
  if (arguments.empty()) return {};
  const std::string named = files_named_in(arguments);
  std::uint64_t hash = Hash::of(named.data(), named.size());
  std::string key;
  for (int i = 0; i < 16; ++i, hash >>= 4) key += "0123456789abcdef"[hash & 15];
  return key;
}

LeaseDatabase lease_database_of(const CallingDnsmasq& caller) {
  if (has_ended(caller)) return {};
  const std::string directory = path_in_proc(caller.parent, "fd");
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), ::closedir);
  if (listing == nullptr) return {};
  constexpr std::string_view kRemoved = " (deleted)";
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string descriptor = entry->d_name;
    if (descriptor.starts_with('.')) continue;
    const auto file = target_of(path_in_proc(caller.parent, "fd/" + descriptor));
    if (!file && errno == ENOENT) continue;
    // The directory can be listed, but what is in it is not readable by this process.
    if (!file) return {};
    if (!file->starts_with('/') || file->starts_with("/dev/") ||
        !is_open_for_appending_and_reading(caller.parent, descriptor))
      continue;
    // A removed file is still dnsmasq's, but nobody else can find it.
    if (file->ends_with(kRemoved)) return {};
    return {LeaseDatabase::Kind::file, *file, directory_id_of(*file)};
  }
  if (has_ended(caller)) return {};
  return {LeaseDatabase::Kind::helper};
}

std::uint64_t directory_id_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.substr(0, file.rfind('/') + 1).c_str(), &status) != 0) return 0;
  const std::array<std::uint64_t, 2> id{status.st_dev, status.st_ino};
  return Hash::of(id.data(), sizeof id);
}

}  // namespace leases
