#include "tests/support/module.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace leases::test {

namespace {

[[noreturn]] void give_up() {
  std::fprintf(stderr, "%s\n", dlerror());
  std::exit(EXIT_FAILURE);
}

template <typename Function>
void find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, (std::string("_nss_leases_") + name).c_str()));
  if (function == nullptr) give_up();
}

Module load() {
  void* library = dlopen(module_path(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) give_up();
  Module module{};
  find(library, "gethostbyname4_r", module.gethostbyname4_r);
  find(library, "gethostbyname3_r", module.gethostbyname3_r);
  find(library, "gethostbyname2_r", module.gethostbyname2_r);
  find(library, "gethostbyname_r", module.gethostbyname_r);
  find(library, "gethostbyaddr2_r", module.gethostbyaddr2_r);
  find(library, "gethostbyaddr_r", module.gethostbyaddr_r);
  find(library, "sethostent", module.sethostent);
  find(library, "gethostent_r", module.gethostent_r);
  find(library, "endhostent", module.endhostent);
  return module;
}

/// Loaded before main(): a child that is forked while a thread loads it would wait for that thread forever.
const Module g_module = load();

}  // namespace

const char* module_path() {
  const char* other = std::getenv("NSS_LEASES_MODULE");
  return other != nullptr ? other : NSS_LEASES_BUILT_MODULE;
}

const Module& module() {
  return g_module;
}

}  // namespace leases::test
