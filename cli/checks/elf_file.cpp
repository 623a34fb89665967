#include "cli/checks/elf_file.h"

#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstring>
#include <string_view>

#include "util/regular_file.h"

namespace leases::cli {

namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

/// Whether `count` pieces of this size from an offset on are in a file.
bool has(std::size_t file_size, std::size_t offset, std::size_t size, std::size_t count) {
  return offset <= file_size && (size == 0 || count <= (file_size - offset) / size);
}

template <typename Value>
Value value_at(std::string_view bytes, std::size_t offset) {
  Value value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

}  // namespace

bool is_cut_short(const std::string& path) {
  const RegularFile file = read_regular_file(path);
  const std::string_view bytes = file.text;
  if (bytes.size() < sizeof(Header) || !bytes.starts_with(ELFMAG)) return false;
  const auto header = value_at<Header>(bytes, 0);
  if (header.e_ident[EI_CLASS] != kClass || header.e_phentsize != sizeof(Segment)) return false;
  if (!has(bytes.size(), header.e_phoff, sizeof(Segment), header.e_phnum)) return true;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = value_at<Segment>(bytes, header.e_phoff + i * sizeof(Segment));
    if (segment.p_type == PT_LOAD && !has(bytes.size(), segment.p_offset, segment.p_filesz, 1)) return true;
  }
  return false;
}

}  // namespace leases::cli
