#include "helper/hook_context.h"

#include <cstdlib>
#include <utility>

#include "dnsmasq/told_once.h"
#include "store/network_name.h"
#include "util/error.h"

namespace leases {

HookContext::HookContext(std::string path)
    : settings_path(std::move(path)), settings(read_settings(settings_path)) {
  for (const std::string& problem : settings.problems) log_line(problem);
  const char* name = std::getenv("NSS_LEASES_NETWORK");
  if (name != nullptr && !is_network_name(name)) {
    log_line(std::string("NSS_LEASES_NETWORK: '") + name +
             "' cannot be the name of a network; the interface is used instead");
  }
}

/// No lease depends on the registry, so a failure is only logged. But the importer finds lease files only
/// there, and notes there that it has read them. If it cannot, every event would run it in vain: hence the
/// result.
bool HookContext::note_server(const ServerRegistry& registry, const StoreTransaction& store, bool is_required,
                              DeferredLog& complaints) const try {
  if (registry.is_changed() || is_required) registry.write(store.state_directory());
  return true;
} catch (const Error& error) {
  if (!caller || is_told_now(settings.runtime_directory, caller->process)) {
    complaints.add(std::string(error.what()) +
                   "; leases are kept all the same, but dnsmasq's lease file is not followed until then");
  }
  return false;
}

}  // namespace leases
