#include "tests/support/sandbox.h"

#include <dlfcn.h>
#include <netdb.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/files.h"
#include "tests/support/module.h"

namespace leases::test {

namespace fs = std::filesystem;

namespace {

constexpr int kSkipped = 77;

void require(bool done, const std::string& what) {
  if (done) return;
  std::fprintf(stderr, "sandbox: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(EXIT_FAILURE);
}

void mount_empty(const char* path) {
  require(::mount("tmpfs", path, "tmpfs", 0, "mode=755") == 0, path);
}

void mount_copy(const fs::path& path) {
  const std::string layers = "/run/layers/" + path.filename().string();
  fs::create_directories(layers + "/upper");
  fs::create_directories(layers + "/work");
  const std::string options =
      "lowerdir=" + path.string() + ",upperdir=" + layers + "/upper,workdir=" + layers + "/work";
  require(::mount("overlay", path.c_str(), "overlay", 0, options.c_str()) == 0, path.string());
}

/// One address of each family beside loopback's: without, AI_ADDRCONFIG leaves the family out
/// (getaddrinfo(3)). The kernel may have no IPv6, or the host none for new namespaces.
constexpr const char* kNetwork =
    "set -e; ip link set lo up; ip address add 192.0.2.1/32 dev lo; cd /proc/sys/net/ipv6/conf 2>/dev/null "
    "|| exit 0; "
    "echo 0 > all/disable_ipv6; ip address add 2001:db8::1/128 dev lo nodad";

fs::path directory_of_the_c_library() {
  Dl_info info{};
  require(::dladdr(reinterpret_cast<void*>(&::gethostbyaddr_r), &info) != 0, "the C library's directory");
  return fs::canonical(info.dli_fname).parent_path();
}

}  // namespace

void enter_sandbox() {
  if (::geteuid() != 0) {
    std::puts("skipped: only root can make the mount namespace that this needs");
    std::exit(kSkipped);
  }
  ::umask(022);
  require(::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS) == 0, "unshare");
  require(std::system(kNetwork) == 0, "ip");
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "/");
  mount_empty("/run");
  mount_empty("/var/lib");
  mount_copy("/etc");
  // The host's own, which may name other directories.
  fs::remove("/etc/nss-leases.conf");
  const fs::path libraries = directory_of_the_c_library();
  mount_copy(libraries);
  fs::copy_file(module_path(), libraries / "libnss_leases.so.2", fs::copy_options::overwrite_existing);
  write_file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: leases files\n");
  using namespace files_hosts;
  write_file("/etc/hosts", std::string(kV4) + ' ' + kName + '\n' + kV6 + ' ' + kName + '\n');
  // No client may have the machine's name, so it is none that a test gives a client.
  constexpr std::string_view kHostname = "the-host";
  require(::sethostname(kHostname.data(), kHostname.size()) == 0, "sethostname");
  write_file("/etc/hostname", kHostname);
  fs::create_directory(kScratch);
}

}  // namespace leases::test
