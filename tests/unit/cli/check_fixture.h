#pragma once

#include <doctest/doctest.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/checks/checks.h"
#include "cli/checks/finding_text.h"
#include "tests/unit/cli/index_fixture.h"

namespace leases::cli::test {

/// A process of a CheckFixture.
struct FakeProcess {
  std::string name;
  std::vector<std::string> arguments;
  pid_t parent = 1;
  uid_t owner = 0;
  std::string service{};                     ///< of systemd
  std::string container{};                   ///< the group that this is in, with a slash before it
  long age = -100;                           ///< seconds since it started
  std::string program = "usr/sbin/dnsmasq";  ///< below the fixture's root; empty: hidden from this user
};

/// A library that this process has loaded, whole.
inline std::string path_of_libc() {
  const link_map* library = _r_debug.r_map;
  while (library != nullptr && std::string_view(library->l_name).find("libc.so") == std::string_view::npos)
    library = library->l_next;
  REQUIRE(library != nullptr);
  return library->l_name;
}

/// A host in a temporary directory: everything that a check looks at is below it, and nothing is on this
/// host. At first it has an index without leases, and this user sees all processes, of which there are none.
class CheckFixture : public leases::test::IndexFixture {
 public:
  explicit CheckFixture(const std::vector<leases::test::OwnedLease>& leases = {},
                        const std::vector<GuestInIndex>& guests = {})
      : IndexFixture(leases, guests) {
    context_.helper = program("usr/libexec/leaseshelper");
    program("usr/libexec/leases-import");
    context_.leasectl = program("usr/bin/leasectl");
    file("src/build/cmake_install.cmake", "");
    file("usr/libexec/installed-from", root_ + "/src/build\n");
    context_.standard_state = root_ + "/var/standard";
    context_.libvirt_helper = root_ + "/usr/lib/libvirt_leaseshelper";
    context_.module = root_ + "/usr/lib/libnss_leases.so.2";
    context_.module_name = "libnss_leases_of_no_host.so.2";
    context_.module_runtime = settings().runtime_directory;
    context_.nsswitch = file("etc/nsswitch.conf", "hosts: files leases dns\n");
    context_.hosts = root_ + "/etc/hosts";
    context_.resolv_conf = file("etc/resolv.conf", "nameserver 127.0.0.53\n");
    context_.resolved = root_ + "/usr/lib/systemd-resolved";
    context_.hook_wanted = root_ + "/etc/wanted.socket";
    context_.unit_directories = {root_ + "/etc/systemd/system", root_ + "/usr/lib/systemd/system"};
    context_.nscd = root_ + "/etc/nscd.conf";
    context_.loader = file("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n");
    context_.ldconfig = program("sbin/ldconfig");
    context_.passwd = file("etc/passwd", "root:x:0:0::/:\ndnsmasq:x:110:110::/:\nleaser:x:4242:4242::/:\n");
    context_.proc = root_ + "/proc";
    context_.network_namespaces = root_ + "/run/netns";
    context_.sys = root_ + "/sys";
    file("proc/1/stat", "");
    context_.systemd = root_ + "/run/systemd";
    context_.dnsmasq_program = program("usr/sbin/dnsmasq");
    context_.dnsmasq_file = root_ + "/etc/dnsmasq.conf";
    context_.dnsmasq_directory = root_ + "/etc/dnsmasq.d";
    context_.dnsmasq_units = {file("etc/systemd/system/dnsmasq.service", "")};
    context_.dnsmasq_defaults = root_ + "/etc/default/dnsmasq";
    std::filesystem::create_directories(context_.dnsmasq_directory);
    context_.apparmor_enabled = root_ + "/sys/enabled";
    context_.apparmor_profiles = root_ + "/sys/profiles";
    context_.apparmor_directory = root_ + "/etc/apparmor.d";
    context_.kernel_log = root_ + "/dev/kmsg";
    context_.services.resolve = [](const std::string&) { return ResolverAnswer{{}, "no answer"}; };
    context_.services.ask_only = [](const std::string&) {};
    context_.services.dns_server_of = [](const Lease&) { return std::optional<IpAddress>(); };
    context_.services.ask_dns = [](const IpAddress&, const std::string&, Family) {
      return std::optional<std::set<IpAddress>>();
    };
  }
  CheckFixture(const CheckFixture&) = delete;
  CheckFixture& operator=(const CheckFixture&) = delete;

  [[nodiscard]] const CheckContext& context() const { return context_; }
  [[nodiscard]] CheckContext& context() { return context_; }

  /// Writes a file below the root. Returns its path.
  std::string file(const std::string& name, std::string_view text) const {
    const std::string path = path_of(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    leases::test::write_file(path, text);
    return path;
  }
  std::string program(const std::string& name) const {
    std::string path = file(name, "");
    ::chmod(path.c_str(), 0755);
    return path;
  }
  /// Makes a process, in place of an earlier one with its id.
  void process(pid_t id, const FakeProcess& process) const {
    const std::string directory = "proc/" + std::to_string(id);
    std::filesystem::remove_all(path_of(directory));
    timespec since_boot{};
    ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
    const long ticks = (since_boot.tv_sec - process.age) * ::sysconf(_SC_CLK_TCK);
    std::string arguments;
    for (const std::string& argument : process.arguments) arguments += argument + '\0';
    file(directory + "/comm", process.name + '\n');
    file(directory + "/cmdline", arguments);
    file(directory + "/stat", std::to_string(id) + " (" + process.name + ") S " +
                                  std::to_string(process.parent) + " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 " +
                                  std::to_string(ticks) + " 0\n");
    const std::string owner = std::to_string(process.owner);
    file(directory + "/status", "Name:\t" + process.name + "\nUid:\t" + owner + '\t' + owner + "\n");
    file(directory + "/cgroup", process.service.empty() ? "0::/user.slice\n"
                                                        : "0::" + process.container + "/system.slice/" +
                                                              process.service + ".service\n");
    if (!process.program.empty())
      std::filesystem::create_symlink(path_of(process.program), path_of(directory + "/exe"));
  }
  /// The findings of a check as leasectl prints them, with paths as if the root were that of a host.
  [[nodiscard]] std::string report(const std::vector<Finding>& findings) const {
    std::string text = text_of(findings, false);
    for (std::size_t at = 0; (at = text.find(root_, at)) != std::string::npos;) text.erase(at, root_.size());
    return text;
  }
  [[nodiscard]] std::string report(std::vector<Finding> (*check)(const CheckContext&)) const {
    return report(check(context_));
  }
  /// Runs the commands of the findings, one after the other, as an administrator would.
  static void obey(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
      CAPTURE(finding.remedy);
      if (!finding.remedy.empty()) REQUIRE(std::system(finding.remedy.c_str()) == 0);
    }
  }

 private:
  std::string root_ = path_of("").substr(0, path_of("").size() - 1);
  CheckContext context_{settings(), paths::kConfig};
};

}  // namespace leases::cli::test
