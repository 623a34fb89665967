#include "cli/libvirt/domain_log.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace leases::cli {

std::string log_end_of_domain(const std::string& domain) {
  // After the reason, QEMU may still write some lines.
  constexpr std::streamoff kEnd = 65'536;
  std::ifstream log("/var/log/libvirt/qemu/" + domain + ".log", std::ios::binary | std::ios::ate);
  if (!log) return {};
  log.seekg(std::max<std::streamoff>(log.tellg() - kEnd, 0));
  return {std::istreambuf_iterator<char>(log), {}};
}

std::string_view stop_reason(std::string_view log) {
  constexpr std::string_view kMark = ": shutting down, reason=";
  const std::size_t mark = log.rfind(kMark);
  if (mark == std::string_view::npos) return {};
  log.remove_prefix(mark + kMark.size());
  return log.substr(0, log.find('\n'));
}

bool has_ended_for_good(std::string_view reason) {
  return reason == "shutdown" || reason == "destroyed" || reason == "crashed";
}

}  // namespace leases::cli
