#include "helper/importer_process.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "util/error.h"
#include "util/log.h"
#include "util/process.h"

namespace leases {

namespace {

/// /proc/self/exe is the installed program, even if dnsmasq runs it through a link of another name.
std::string path_beside_this_program(std::string_view name) {
  std::array<char, 4096> path;
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return std::string(name);
  const std::string_view own(path.data(), static_cast<std::size_t>(length));
  return std::string(own.substr(0, own.rfind('/') + 1)).append(name);
}

/// Runs the importer, and logs what goes wrong with it. Its output is captured if this process prints it, so
/// that it is printed whole or not at all, and if there is a deadline: the reader of this process's standard
/// output waits until every process that has it open has ended, even an importer that was given up.
ProgramResult run_leases_import(const std::string& settings_path, std::vector<std::string> options,
                                const std::optional<Deadline>& until,
                                ProgramCall::Output output = ProgramCall::Output::captured) {
  const std::string path = path_beside_this_program("leases-import");
  options.insert(options.begin(), path);
  options.push_back(std::string(kConfigOption).append(settings_path));
  try {
    auto result = run_program({std::move(options), ProgramCall::Input::shared, output}, until);
    if (result && result->signal == 0) return std::move(*result);
    log_line(path + (result ? ": was ended by signal " + std::to_string(result->signal)
                            : ": gave up waiting for it: it takes too long; see if each file that it reads "
                              "can be read: leasectl rebuild"));
  } catch (const Error& error) {
    const bool is_missing = is_path_error(error.error());
    log_line(is_missing ? error.with_advice("install it beside leaseshelper").what() : error.what());
  }
  return {.status = EXIT_FAILURE};
}

}  // namespace

Import run_importer(const std::string& settings_path, const std::optional<Deadline>& until) {
  const auto output = until ? ProgramCall::Output::captured : ProgramCall::Output::shared;
  switch (run_leases_import(settings_path, {}, until, output).status) {
    case EXIT_SUCCESS:
      return Import::done;
    case kIndexFailed:
      return Import::index_failed;
    default:
      return Import::failed;
  }
}

bool run_importer_of_lease_file(const std::string& settings_path, const std::string& file,
                                const Deadline& until) {
  return run_leases_import(settings_path, {std::string(kTakeOption).append(file)}, until).status ==
         EXIT_SUCCESS;
}

std::optional<std::string> init_stream_of_files(const std::string& settings_path, const InitRequest& request,
                                                ReadPolicy policy, const std::optional<Deadline>& until) {
  std::vector<std::string> options{std::string(kInitOption).append(request.network)};
  if (request.for_libvirt) options.emplace_back(kLibvirtOption);
  if (policy == ReadPolicy::best_effort) options.emplace_back(kBestEffortOption);
  ProgramResult result = run_leases_import(settings_path, std::move(options), until);
  if (result.status != EXIT_SUCCESS) return {};
  return std::move(result.output);
}

}  // namespace leases
