#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/lookup.h"
#include "store/overlay.h"
#include "tests/support/files.h"
#include "tests/support/owned_lease.h"
#include "tests/support/store_fixture.h"
#include "util/clock.h"

namespace leases::test {

using Names = std::vector<std::string>;

/// A store with libvirt's directory and a lease file of dnsmasq's as sources.
class Sources : public StoreFixture {
 public:
  Sources() {
    std::filesystem::create_directories(libvirt());
    change_settings([&](Settings& settings) {
      settings.libvirt_directory = libvirt();
      settings.sources = {{SourceConfig::kLibvirt, libvirt(), ""},
                          {SourceKind::dnsmasq_leases, lease_file(), "lan"}};
    });
  }

  [[nodiscard]] std::string libvirt() const { return path_of("libvirt"); }
  [[nodiscard]] std::string virbr0(std::string_view ending) const {
    return libvirt() + "/virbr0" + std::string(ending);
  }
  [[nodiscard]] std::string lease_file() const { return path_of("dnsmasq.leases"); }

  /// The addresses that a lookup of a name gives, in order.
  [[nodiscard]] Names addresses(std::string_view name) const {
    Names found;
    const StoreTransaction store(settings());
    visit_answers(store.view(), *HostQuery::parse(name), now(), [&](const Answer& answer) {
      found.emplace_back(IpText(answer.address).view());
      return true;
    });
    return found;
  }
  [[nodiscard]] std::string name_at(std::string_view address) const {
    std::string name;
    const StoreTransaction store(settings());
    visit_answers(store.view(), store.view().find(ip(address)), now(), [&](const Answer& answer) {
      name = answer.name;
      return false;
    });
    return name;
  }
  [[nodiscard]] std::string index() const { return identity_of(index_path()); }
};

inline constexpr std::string_view kFarFuture = "4102444800";

/// A record as libvirt's helper writes it.
inline std::string libvirt_record(std::string_view address, std::string_view mac, std::string_view hostname) {
  std::string text = "  {\n    \"ip-address\": \"" + std::string(address) + "\",\n    \"mac-address\": \"" +
                     std::string(mac) + "\",\n";
  if (!hostname.empty()) text += "    \"hostname\": \"" + std::string(hostname) + "\",\n";
  return text + "    \"expiry-time\": " + std::string(kFarFuture) + "\n  }";
}

inline std::string libvirt_status(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& record : records) text += (text.empty() ? "[\n" : ",\n") + record;
  return text + "\n]\n";
}

inline std::string mac_map(std::string_view guest, std::string_view mac) {
  return "[{\"domain\": \"" + std::string(guest) + "\", \"macs\": [\"" + std::string(mac) + "\"]}]";
}

inline constexpr std::string_view kMac = "52:54:00:00:00:01";
inline constexpr std::string_view kOtherMac = "52:54:00:00:00:02";

inline std::string lease_line(std::string_view address, std::string_view name) {
  return std::string(kFarFuture) + " 02:00:00:00:00:01 " + std::string(address) + ' ' + std::string(name) +
         " *\n";
}

}  // namespace leases::test
