#include "dnsmasq/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "util/decimal.h"
#include "util/file.h"

namespace leases {

namespace {

/// "1234 (dnsmasq) S 1 …", of which words 14 and 15 are the time in user and in system mode.
std::optional<DnsmasqProcess> process_in(std::string_view stat) {
  constexpr std::string_view kName = " (dnsmasq) ";
  constexpr int kWordsBetween = 10;
  const std::size_t name = stat.find(kName);
  const auto number = parse_decimal<pid_t>(stat.substr(0, name));
  if (name == std::string_view::npos || !number) return {};
  std::istringstream rest{std::string(stat.substr(name + kName.size()))};
  DnsmasqProcess process{*number, '\0', 0};
  rest >> process.state;
  std::string word;
  for (int i = 0; i < kWordsBetween; ++i) rest >> word;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (!(rest >> user >> system)) return {};
  process.processor_time = user + system;
  return process;
}

}  // namespace

std::vector<DnsmasqProcess> dnsmasq_processes() {
  std::vector<DnsmasqProcess> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir("/proc"), ::closedir);
  if (listing == nullptr) return found;
  while (const dirent* entry = ::readdir(listing.get())) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
    const std::string path = std::string("/proc/") + entry->d_name + "/stat";
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 1024> text;
    const ssize_t length = file.number() < 0 ? 0 : ::read(file.number(), text.data(), text.size());
    if (length <= 0) continue;
    if (const auto process = process_in({text.data(), static_cast<std::size_t>(length)}))
      found.push_back(*process);
  }
  return found;
}

}  // namespace leases
