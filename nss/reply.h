#pragma once

#include <netdb.h>
#include <nss.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/address.h"

namespace leases::nss {

/// Hands out the caller's buffer piece by piece. Every piece is aligned for pointers. How much of the buffer
/// can be used does not depend on its address: a size that is enough once is always enough.
class Arena {
 public:
  Arena(char* buffer, std::size_t size) noexcept;

  /// Memory for `count` objects, not initialised; null if not enough is left.
  template <typename T>
  T* allocate(std::size_t count = 1) noexcept {
    static_assert(alignof(T) <= kAlignment);
    return count > left_ / sizeof(T) ? nullptr : static_cast<T*>(take(count * sizeof(T)));
  }

  /// A copy in lower case, with a NUL, of two texts joined by a dot, or of the first if the second is empty;
  /// null if not enough is left. Programs compare such a name with what a person wrote (ssh's Host), which
  /// they take for lower case as in DNS and hosts files.
  char* copy_name(std::string_view name, std::string_view suffix) noexcept;

 private:
  static constexpr std::size_t kAlignment = alignof(void*);

  void* take(std::size_t size) noexcept;

  char* next_;
  std::size_t left_;
};

/// The addresses of a hostent while they are collected, in the arena, one after the other.
class AddressList {
 public:
  AddressList(Arena& arena, Family family) noexcept : arena_(arena), family_(family) {}

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] std::size_t count() const { return count_; }

  /// False if not enough is left. Nothing else may be taken from the arena before the list is complete.
  bool add(const IpAddress& address) noexcept;
  /// The list for a hostent, ended by a null pointer; null if not enough is left.
  char** pointers() noexcept;

 private:
  /// The arena aligns pieces to 8 bytes, so an IPv4 address takes as many.
  [[nodiscard]] std::size_t stride() const { return family_ == Family::v4 ? 8 : 16; }

  Arena& arena_;
  Family family_;
  char* first_ = nullptr;
  std::size_t count_ = 0;
};

/// Fills a hostent from a complete list. `alias` may be null. False if not enough is left.
bool fill_hostent(Arena& arena, AddressList& addresses, char* name, char* alias, hostent& result) noexcept;

}  // namespace leases::nss
