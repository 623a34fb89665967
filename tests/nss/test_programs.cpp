/// The module in different kinds of programs.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "paths.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/sandbox.h"

using namespace leases::test;
namespace fs = std::filesystem;

namespace {

const std::string kScratchPath = kScratch;

/// A copy of the program that every user can run.
std::string installed(const char* program, mode_t mode = 0755) {
  const std::string path = kScratchPath + '/' + fs::path(program).filename().string();
  fs::copy_file(program, path, fs::copy_options::overwrite_existing);
  ::chmod(path.c_str(), mode);
  return path;
}

bool wait_for(const std::string& path) {
  for (int i = 0; i < 6000 && !fs::exists(path); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return fs::exists(path);
}

/// nscd in the foreground, with a cache for hosts alone, kept in memory.
class NameServiceCache {
 public:
  NameServiceCache() {
    fs::create_directories("/run/nscd");
    fs::create_directories(kScratchPath + "/cache");
    write_file(
        kScratchPath + "/nscd.conf",
        "enable-cache passwd no\nenable-cache group no\nenable-cache services no\nenable-cache netgroup no\n"
        "enable-cache hosts yes\npersistent hosts no\nshared hosts no\ncheck-files hosts no\n"
        "positive-time-to-live hosts 600\nnegative-time-to-live hosts 1\n");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execlp("nscd", "nscd", "--foreground", "-f", (kScratchPath + "/nscd.conf").c_str(), nullptr);
      ::_exit(127);
    }
    REQUIRE(wait_for("/run/nscd/socket"));
  }
  NameServiceCache(const NameServiceCache&) = delete;
  NameServiceCache& operator=(const NameServiceCache&) = delete;
  ~NameServiceCache() {
    ::kill(pid_, SIGTERM);
    result_of(pid_);
    fs::remove_all("/run/nscd");
  }

 private:
  pid_t pid_;
};

/// Without it, getent gives no IPv6 addresses (AI_ADDRCONFIG).
const bool kHasIpv6 = fs::exists("/proc/sys/net/ipv6");

/// Looks up in a process whose nsswitch.conf does not have leases, so that an answer comes from nscd.
std::string getent_without_leases(const std::string& database, const std::string& key) {
  write_file(kScratchPath + "/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
  return run({"unshare", "--mount", "sh", "-c",
              "mount --bind " + kScratchPath + "/nsswitch.conf /etc/nsswitch.conf && exec getent " +
                  database + ' ' + key})
      .output;
}

}  // namespace

TEST_CASE("getent finds leases by name, by address and in the list of all hosts") {
  const InstalledStore store{{"Alpha", "10.77.1.196"}, {"Six", "fd00:77::196"}};
  CHECK(run({"getent", "ahostsv4", "alpha"}).output.find("10.77.1.196") == 0);
  if (kHasIpv6) CHECK(run({"getent", "ahostsv6", "six.lab"}).output.find("fd00:77::196") == 0);
  CHECK(run({"getent", "hosts", "10.77.1.196"}).output.find("alpha.lab") != std::string::npos);
  const std::string all = run({"getent", "hosts"}).output;
  CHECK(all.find("10.77.1.196     alpha.lab alpha") != std::string::npos);
  CHECK(all.find(files_hosts::kName) != std::string::npos);
}

TEST_CASE("nscd answers from leases, keeps the answers, and sees new leases") {
  const InstalledStore store{{"alpha", "10.77.1.196"}, {"alpha", "fd00:77::196"}};
  const NameServiceCache cache;
  CHECK(getent_without_leases("ahostsv4", "alpha").find("10.77.1.196") == 0);
  if (kHasIpv6) CHECK(getent_without_leases("ahostsv6", "alpha").find("fd00:77::196") == 0);
  CHECK(getent_without_leases("hosts", "10.77.1.196").find("alpha") != std::string::npos);
  CHECK(getent_without_leases("ahosts", "alpha").find("10.77.1.196") != std::string::npos);
  store.lease({{"beta", "10.77.1.197"}});
  CHECK(getent_without_leases("ahostsv4", "beta").find("10.77.1.197") == 0);
  // nscd answers from its cache, without the module.
  store.end("10.77.1.196");
  CHECK(getent_without_leases("ahosts", "alpha").find("10.77.1.196") != std::string::npos);
}

TEST_CASE("nscd with nothing to answer from lets the next source answer") {
  const InstalledStore store;
  remove_and_unmap_index();
  const NameServiceCache cache;
  CHECK(getent_without_leases("ahostsv4", files_hosts::kName).find(files_hosts::kV4) == 0);
  if (kHasIpv6) CHECK(getent_without_leases("ahostsv6", files_hosts::kName).find(files_hosts::kV6) == 0);
}

TEST_CASE("A setuid program that another user runs finds leases") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  const std::string program = installed(NSS_LEASES_LOOKUP_PROGRAM, 04755);
  const Finished finished =
      run({"setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", program, "alpha", "nobody"});
  CHECK(finished.output.starts_with("secure alpha 10.77.1.196\nsecure nobody: "));
}

TEST_CASE("Somebody's ordinary program finds leases") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  const std::string program = installed(NSS_LEASES_LOOKUP_PROGRAM);
  CHECK(run({"setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", program, "alpha"}).output ==
        "alpha 10.77.1.196\n");
}

TEST_CASE("A static program finds leases") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  CHECK(run({NSS_LEASES_STATIC_LOOKUP_PROGRAM, "alpha"}).output == "alpha 10.77.1.196\n");
}

TEST_CASE("In a chroot that has the directory leases are found, also new ones") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  const std::string root = kScratchPath + "/root";
  const std::string directory = root + leases::paths::kRuntimeDirectory;
  fs::create_directories(directory);
  fs::create_directories(root + "/etc");
  fs::copy_file("/etc/nsswitch.conf", root + "/etc/nsswitch.conf", fs::copy_options::overwrite_existing);
  REQUIRE(::mount(leases::paths::kRuntimeDirectory, directory.c_str(), nullptr, MS_BIND, nullptr) == 0);

  const std::string program = installed(NSS_LEASES_LOOKUP_PROGRAM);
  SUBCASE("entered after the module was loaded") {
    CHECK(run({program, "alpha", "--chroot", root, "alpha"}).output ==
          "alpha 10.77.1.196\nalpha 10.77.1.196\n");
  }
  SUBCASE("in which the program is started") {
    for (const char* each : {"/usr", "/lib", "/lib64"}) {
      if (!fs::exists(each)) continue;
      fs::create_directories(root + each);
      REQUIRE(::mount(each, (root + each).c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0);
    }
    fs::copy_file(program, root + "/program", fs::copy_options::overwrite_existing);
    CHECK(run({"chroot", root, "/program", "alpha"}).output == "alpha 10.77.1.196\n");
    store.replace_index({{"beta", "10.77.1.197"}});
    CHECK(run({"chroot", root, "/program", "beta"}).output == "beta 10.77.1.197\n");
    for (const char* each : {"/usr", "/lib", "/lib64"}) ::umount2((root + each).c_str(), MNT_DETACH);
  }
  ::umount2(directory.c_str(), MNT_DETACH);
}

TEST_CASE("In a chroot without the directory the module steps aside") {
  const InstalledStore store{{"alpha", "10.77.1.196"}};
  const std::string root = kScratchPath + "/bare";
  fs::create_directories(root + "/etc");
  fs::copy_file("/etc/nsswitch.conf", root + "/etc/nsswitch.conf", fs::copy_options::overwrite_existing);
  fs::copy_file("/etc/hosts", root + "/etc/hosts", fs::copy_options::overwrite_existing);
  const std::string program = installed(NSS_LEASES_LOOKUP_PROGRAM);
  const Finished finished = run({program, "nobody", "--chroot", root, files_hosts::kName});
  CHECK(finished.output.find(std::string(files_hosts::kName) + ' ') != std::string::npos);
  CHECK(finished.output.find(files_hosts::kV4) != std::string::npos);
}
