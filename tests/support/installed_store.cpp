#include "tests/support/installed_store.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "paths.h"
#include "tests/support/lookup.h"
#include "tests/support/writer.h"

namespace leases::test {

namespace fs = std::filesystem;

InstalledStore::InstalledStore() {
  fs::remove_all(paths::kStateDirectory);
  replace_index(std::vector<Host>{});
}

void InstalledStore::lease(const std::vector<Host>& hosts) const {
  Writer::run(Writer::Verb::lease, hosts);
}

void InstalledStore::end(const std::string& address, const std::string& network) const {
  Writer::run(Writer::Verb::end, {{"", address, "", network}});
}

void InstalledStore::replace_index() const {
  Writer::run(Writer::Verb::replace_index, {});
}

void InstalledStore::replace_index(const std::vector<Host>& hosts) const {
  Writer::run(Writer::Verb::replace_leases, hosts);
}

void rename_copy_in_place() {
  const std::string copy = std::string(paths::kRuntimeDirectory) + "/copy.idx";
  fs::copy_file(paths::kIndex, copy, fs::copy_options::overwrite_existing);
  fs::rename(copy, paths::kIndex);
}

void remove_and_unmap_index() {
  fs::remove(paths::kIndex);
  wait_for_next_check();
  by_name("nobody");
}

void wait_for_next_check() {
  std::this_thread::sleep_for(std::chrono::milliseconds(125));
}

}  // namespace leases::test
