#include "store/server_duid.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/hex_bytes.h"
#include "common/lease.h"
#include "store/store_error.h"
#include "util/error.h"
#include "util/hex_text.h"
#include "util/log.h"
#include "util/new_file.h"
#include "util/regular_file.h"

namespace leases {

namespace {

std::string file_name(std::string_view network) {
  return std::string(network).append(kDuidSuffix);
}

}  // namespace

std::vector<std::uint8_t> read_server_duid(const Directory& directory, std::string_view network) try {
  const auto file = read_regular_file(directory, file_name(network), kMaxIdentifier * 3);
  if (!file.read()) return {};
  std::string_view hex = file.text;
  if (hex.ends_with('\n')) hex.remove_suffix(1);
  std::vector<std::uint8_t> duid(kMaxIdentifier);
  duid.resize(parse_hex_bytes(hex, duid.data(), duid.size()).value_or(0));
  return duid;
} catch (const Error& error) {
  // The leases count for more, and mostly have it, too.
  log_line(error.what());
  return {};
}

void remember_server_duid(const Directory& directory, std::string_view network,
                          std::span<const std::uint8_t> duid) {
  if (std::ranges::equal(duid, read_server_duid(directory, network))) return;
  const std::string text = hex_text(duid) + '\n';
  at_store(directory.path(), [&] {
    NewFile file(directory, file_name(network));
    file.write(std::array{std::string_view(text)});
    file.sync();
    file.put_in_place();
    directory.sync();
  });
}

}  // namespace leases
