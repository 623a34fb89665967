#include "cli/names/international_name.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace leases::cli {

namespace {

/// libidn2, loaded like glibc loads it: only when a name needs it, so that the tool runs without it.
class Idn {
 public:
  Idn() : library_(::dlopen("libidn2.so.0", RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) return;
    lookup_ = reinterpret_cast<Lookup>(::dlsym(library_, "idn2_lookup_u8"));
    text_of_ = reinterpret_cast<TextOf>(::dlsym(library_, "idn2_strerror"));
    free_ = reinterpret_cast<Free>(::dlsym(library_, "idn2_free"));
  }

  [[nodiscard]] bool is_there() const {
    return lookup_ != nullptr && text_of_ != nullptr && free_ != nullptr;
  }

  [[nodiscard]] std::optional<std::string> lookup(const std::string& name, std::string& problem) const {
    // idn2.h: IDN2_NFC_INPUT and IDN2_NONTRANSITIONAL.
    constexpr int kFlags = 1 | 8;
    std::uint8_t* found = nullptr;
    const int error = lookup_(reinterpret_cast<const std::uint8_t*>(name.c_str()), &found, kFlags);
    const std::unique_ptr<void, Free> owned(found, free_);
    if (error == 0) return reinterpret_cast<const char*>(found);
    problem = "'" + name + "' cannot be the name of a host: " + text_of_(error);
    return {};
  }

 private:
  using Lookup = int (*)(const std::uint8_t* name, std::uint8_t** found, int flags);
  using TextOf = const char* (*)(int error);
  using Free = void (*)(void* text);

  void* library_;
  Lookup lookup_ = nullptr;
  TextOf text_of_ = nullptr;
  Free free_ = nullptr;
};

}  // namespace

std::optional<std::string> ascii_name(const std::string& name, std::string& problem) {
  if (std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) > 0x7f; })) return name;
  static const Idn idn;
  if (idn.is_there()) return idn.lookup(name, problem);
  problem = "'" + name + "': give its xn-- form, or install libidn2-0, by which that is found";
  return {};
}

}  // namespace leases::cli
