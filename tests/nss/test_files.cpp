/// Anything may be in the index's place.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "common/hash.h"
#include "common/index_layout.h"
#include "paths.h"
#include "tests/support/children.h"
#include "tests/support/files.h"
#include "tests/support/installed_store.h"
#include "tests/support/lookup.h"
#include "tests/support/module.h"
#include "tests/support/process_state.h"
#include "tests/support/sandbox.h"

using namespace leases::test;
using leases::paths::kIndex;
using leases::paths::kRuntimeDirectory;
namespace fs = std::filesystem;
namespace layout = leases::layout;

namespace {

constexpr uid_t kSomebody = 4242;

/// Puts a file with the same bytes, edited by `edit`, in the index's place.
template <typename Edit>
void replace_by_edited(Edit&& edit) {
  std::string bytes = read_file(kIndex);
  edit(bytes);
  write_file(std::string(kIndex) + ".edited", bytes);
  fs::rename(std::string(kIndex) + ".edited", kIndex);
}

template <typename Edit>
void replace_header(Edit&& edit, bool with_right_checksum) {
  replace_by_edited([&](std::string& bytes) {
    layout::FileHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    edit(header);
    if (with_right_checksum) header.checksum = leases::Hash::of(&header, layout::kChecksummedBytes);
    std::memcpy(bytes.data(), &header, sizeof header);
  });
}

void remove_index() {
  fs::remove(kIndex);
}

void bind_socket() {
  remove_index();
  const int number = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, kIndex);
  CHECK(::bind(number, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(number);
}

/// Each puts something that must not be trusted in the place of a good index.
struct Mischief {
  std::string text;
  void (*commit)();
};

const std::vector<Mischief> kMischiefs{
    {"no file", remove_index},
    {"no directory", [] { fs::remove_all(kRuntimeDirectory); }},
    {"a file in the directory's place",
     [] {
       fs::remove_all(kRuntimeDirectory);
       write_file(kRuntimeDirectory, "");
     }},
    {"an empty file", [] { replace_by_edited([](std::string& bytes) { bytes.clear(); }); }},
    {"half a header", [] { replace_by_edited([](std::string& bytes) { bytes.resize(32); }); }},
    {"a header alone",
     [] { replace_by_edited([](std::string& bytes) { bytes.resize(sizeof(layout::FileHeader)); }); }},
    {"half a file", [] { replace_by_edited([](std::string& bytes) { bytes.resize(bytes.size() / 2); }); }},
    {"a file that has grown", [] { replace_by_edited([](std::string& bytes) { bytes += "more"; }); }},
    {"a text", [] { replace_by_edited([](std::string& bytes) { bytes = std::string(100000, '['); }); }},
    {"zeros", [] { replace_by_edited([](std::string& bytes) { bytes.assign(bytes.size(), '\0'); }); }},
    {"another program's file", [] { replace_header([](auto& header) { header.magic[0] = 'N'; }, true); }},
    {"a later version", [] { replace_header([](auto& header) { ++header.version; }, true); }},
    {"another byte order",
     [] { replace_header([](auto& header) { header.byte_order = 0x04030201; }, true); }},
    {"a wrong checksum", [] { replace_header([](auto& header) { ++header.generation; }, false); }},
    {"a snapshot that is larger than the file",
     [] { replace_header([](auto& header) { header.snapshot_size = header.file_size; }, true); }},
    {"an overlay beyond the end",
     [] { replace_header([](auto& header) { header.overlay_offset = ~7ULL; }, true); }},
    {"an overlay that is not one",
     [] { replace_header([](auto& header) { header.overlay_offset = 8; }, true); }},
    {"a file that its group may write",
     [] {
       ::chmod(kIndex, 0664);
       replace_by_edited([](auto&) {});
       ::chmod(kIndex, 0664);
     }},
    {"a file that everybody may write",
     [] {
       replace_by_edited([](auto&) {});
       ::chmod(kIndex, 0646);
     }},
    {"a directory that its group may write",
     [] {
       replace_by_edited([](auto&) {});
       ::chmod(kRuntimeDirectory, 0775);
     }},
    {"a directory that everybody may write, even if sticky",
     [] {
       replace_by_edited([](auto&) {});
       ::chmod(kRuntimeDirectory, 01777);
     }},
    {"somebody's file in root's directory",
     [] {
       replace_by_edited([](auto&) {});
       CHECK(::chown(kIndex, kSomebody, kSomebody) == 0);
     }},
    {"another's file in somebody's directory",
     [] {
       replace_by_edited([](auto&) {});
       CHECK(::chown(kRuntimeDirectory, kSomebody, kSomebody) == 0);
       CHECK(::chown(kIndex, kSomebody + 1, kSomebody) == 0);
     }},
    {"a directory",
     [] {
       remove_index();
       fs::create_directory(kIndex);
       // So many that its size is that of a header.
       for (const char* name : {"a", "b", "c", "d"}) write_file(std::string(kIndex) + '/' + name, "");
     }},
    {"a FIFO",
     [] {
       remove_index();
       CHECK(::mkfifo(kIndex, 0644) == 0);
     }},
    {"a socket", bind_socket},
    {"a device",
     [] {
       remove_index();
       CHECK(::mknod(kIndex, S_IFCHR | 0644, makedev(1, 5)) == 0);
     }},
    {"a link to a good index",
     [] {
       fs::rename(kIndex, std::string(kRuntimeDirectory) + "/good.idx");
       fs::create_symlink("good.idx", kIndex);
     }},
    {"a link to nowhere",
     [] {
       remove_index();
       fs::create_symlink("nowhere", kIndex);
     }},
    {"a link to itself",
     [] {
       remove_index();
       fs::create_symlink("hosts.idx", kIndex);
     }},
};

/// A good index before the test, and a clean directory after it.
class Scene {
 public:
  Scene() {
    const InstalledStore store{{"alpha", "10.77.1.1"}, {"alpha", "fd00:77::1"}};
    CHECK(by_name("alpha").found());
  }
  ~Scene() {
    fs::remove_all(kRuntimeDirectory);
    wait_for_next_check();
  }
};

void check_that_the_module_steps_aside() {
  CHECK(by_name("alpha").unavailable());
  CHECK(by_name("alpha", AF_INET).unavailable());
  CHECK(by_name("alpha", AF_INET6).unavailable());
  CHECK(by_name("no..name").unavailable());
  CHECK(by_address("10.77.1.1").unavailable());
  CHECK(by_address("fd00:77::1").unavailable());
  module().sethostent(0);
  CHECK(next_host().unavailable());
}

void check_that_the_next_source_answers() {
  using namespace files_hosts;
  const std::string both = std::string(kV4) + ' ' + kV6;
  const std::string both_reversed = std::string(kV6) + ' ' + kV4;
  for (const int flags : {0, AI_CANONNAME}) {
    CAPTURE(flags);
    const std::string canonical = flags != 0 ? kName : "";
    const AddrInfo all = get_addr_info(kName, AF_UNSPEC, flags);
    CHECK(all.result == 0);
    CHECK((all.addresses == both || all.addresses == both_reversed));
    CHECK(all.canonical == canonical);
    const AddrInfo v4 = get_addr_info(kName, AF_INET, flags);
    CHECK(v4.addresses == kV4);
    CHECK(v4.canonical == canonical);
    const AddrInfo v6 = get_addr_info(kName, AF_INET6, flags);
    CHECK(v6.addresses == kV6);
    CHECK(v6.canonical == canonical);
  }
  CHECK(get_name_info(kV4) == kName);
  CHECK(get_name_info(kV6) == kName);
  CHECK(get_addr_info("nobody", AF_UNSPEC).result == EAI_NONAME);
}

}  // namespace

TEST_CASE(
    "Whatever is in the index's place: the module is unavailable, and the next source answers every family") {
  for (const Mischief& mischief : kMischiefs) {
    CAPTURE(mischief.text);
    const Scene scene;
    mischief.commit();
    wait_for_next_check();
    check_that_the_module_steps_aside();
    check_that_the_next_source_answers();
  }
}

TEST_CASE("When a good index comes back it is used by the next lookup") {
  for (const Mischief& mischief : kMischiefs) {
    CAPTURE(mischief.text);
    const Scene scene;
    mischief.commit();
    wait_for_next_check();
    CHECK(by_name("alpha").unavailable());
    fs::remove_all(kRuntimeDirectory);
    const InstalledStore store{{"beta", "10.77.1.2"}};
    // A file with a bad overlay is still mapped, and no writer could mark it as replaced.
    if (mapped_indexes() > 0) wait_for_next_check();
    CHECK(by_name("beta").addresses == "10.77.1.2");
  }
}

TEST_CASE("With the index in order, the next source answers what the module does not know") {
  const Scene scene;
  check_that_the_next_source_answers();
}

TEST_CASE("The file and the directory of the user to whom root gave the directory are trusted") {
  const Scene scene;
  CHECK(::chown(kRuntimeDirectory, kSomebody, kSomebody) == 0);
  replace_by_edited([](auto&) {});
  SUBCASE("the user's file") {
    CHECK(::chown(kIndex, kSomebody, kSomebody) == 0);
  }
  SUBCASE("root's file") {}
  wait_for_next_check();
  CHECK(by_name("alpha").found());
}

TEST_CASE("To a user who may not read the index it is unavailable") {
  const Scene scene;
  replace_by_edited([](auto&) {});
  SUBCASE("the file is closed") {
    CHECK(::chmod(kIndex, 0600) == 0);
  }
  SUBCASE("the directory is closed") {
    CHECK(::chmod(kRuntimeDirectory, 0700) == 0);
  }
  const auto as_somebody = [] {
    if (::setuid(kSomebody) != 0) return 1;
    wait_for_next_check();
    return get_addr_info(files_hosts::kName, AF_UNSPEC).result == 0 ? 0 : 2;
  };
  CHECK(in_child(as_somebody) == 0);
}
