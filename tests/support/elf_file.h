#pragma once

#include <elf.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace leases::test {

/// The part of a 64-bit shared library that the dynamic linker reads.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path);

  /// The value of each entry of the dynamic section with this tag, in order.
  [[nodiscard]] std::vector<std::uint64_t> dynamic(std::int64_t tag) const;
  /// dynamic(), for tags whose value is a text.
  [[nodiscard]] std::vector<std::string> dynamic_texts(std::int64_t tag) const;
  [[nodiscard]] std::vector<Elf64_Phdr> segments(std::uint32_t type) const;
  /// The symbols that this library defines, and those that it needs from other libraries.
  [[nodiscard]] std::set<std::string> exports() const { return symbols(true); }
  [[nodiscard]] std::set<std::string> imports() const { return symbols(false); }

 private:
  template <typename T>
  [[nodiscard]] T at(std::uint64_t offset) const;
  /// The elements of the section of a type. Only the sections say how many symbols there are.
  template <typename T>
  [[nodiscard]] std::vector<T> section(std::uint32_t type) const;
  [[nodiscard]] std::string text(std::uint64_t offset) const;
  [[nodiscard]] std::set<std::string> symbols(bool defined) const;
  /// The offset in the file of an address of the loaded library.
  [[nodiscard]] std::uint64_t offset_of(std::uint64_t address) const;

  std::string bytes_;
  Elf64_Ehdr header_{};
};

}  // namespace leases::test
