#include "tests/support/elf_file.h"

#include <cstring>
#include <stdexcept>

#include "tests/support/files.h"

namespace leases::test {

template <typename T>
T ElfFile::at(std::uint64_t offset) const {
  if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset)
    throw std::runtime_error("not the ELF file expected");
  T value;
  std::memcpy(&value, bytes_.data() + offset, sizeof value);
  return value;
}

template <typename T>
std::vector<T> ElfFile::section(std::uint32_t type) const {
  std::vector<T> elements;
  for (unsigned i = 0; i < header_.e_shnum; ++i) {
    const auto section = at<Elf64_Shdr>(header_.e_shoff + i * sizeof(Elf64_Shdr));
    if (section.sh_type != type) continue;
    for (std::uint64_t n = 0; n < section.sh_size / sizeof(T); ++n)
      elements.push_back(at<T>(section.sh_offset + n * sizeof(T)));
  }
  return elements;
}

ElfFile::ElfFile(const std::string& path) : bytes_(read_file(path)), header_(at<Elf64_Ehdr>(0)) {
  if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0 || header_.e_ident[EI_CLASS] != ELFCLASS64) {
    throw std::runtime_error(path + " is not a 64-bit ELF file");
  }
}

std::vector<std::uint64_t> ElfFile::dynamic(std::int64_t tag) const {
  std::vector<std::uint64_t> values;
  for (const Elf64_Dyn& entry : section<Elf64_Dyn>(SHT_DYNAMIC)) {
    if (entry.d_tag == tag) values.push_back(entry.d_un.d_val);
  }
  return values;
}

std::vector<std::string> ElfFile::dynamic_texts(std::int64_t tag) const {
  std::vector<std::string> texts;
  for (const std::uint64_t offset : dynamic(tag)) texts.push_back(text(offset));
  return texts;
}

std::vector<Elf64_Phdr> ElfFile::segments(std::uint32_t type) const {
  std::vector<Elf64_Phdr> segments;
  for (unsigned i = 0; i < header_.e_phnum; ++i) {
    const auto segment = at<Elf64_Phdr>(header_.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == type) segments.push_back(segment);
  }
  return segments;
}

std::uint64_t ElfFile::offset_of(std::uint64_t address) const {
  for (const Elf64_Phdr& segment : segments(PT_LOAD)) {
    if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  throw std::runtime_error("an address that is not loaded");
}

std::string ElfFile::text(std::uint64_t offset) const {
  return bytes_.c_str() + offset_of(dynamic(DT_STRTAB).at(0)) + offset;
}

std::set<std::string> ElfFile::symbols(bool defined) const {
  std::set<std::string> names;
  for (const Elf64_Sym& symbol : section<Elf64_Sym>(SHT_DYNSYM)) {
    if (symbol.st_name != 0 && (symbol.st_shndx != SHN_UNDEF) == defined) names.insert(text(symbol.st_name));
  }
  return names;
}

}  // namespace leases::test
