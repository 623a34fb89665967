#include "cli/output/import_report.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "cli/output/json_text.h"
#include "cli/output/standard_output.h"
#include "import/server_lease_files.h"
#include "util/error.h"

namespace leases::cli {

namespace {

std::string report_json(const ImportResult& result) {
  nlohmann::ordered_json object;
  object["networks"] = result.networks;
  object["leases"] = result.leases;
  object["damaged"] = result.damaged;
  return json_text(object, 2) + '\n';
}

std::string sentence_of(const ImportResult& result) {
  return std::to_string(result.leases) + (result.leases == 1 ? " lease in " : " leases in ") +
         std::to_string(result.networks) + (result.networks == 1 ? " network\n" : " networks\n");
}

}  // namespace

ImportResult import_whole(const Settings& settings, ImportScope scope, const ImportWarning& warn) {
  ImportResult result = import_files(settings, scope, warn);
  const FollowedLeases followed = follow_server_lease_files(settings, warn);
  result.leases -= std::min(result.leases, followed.ended);
  result.is_unsettled = result.is_unsettled || followed.is_unsettled;
  if (result.failed == 0) return result;
  throw Error((result.failed == 1 ? "one source" : std::to_string(result.failed) + " sources") +
              " could not be read, so the leases known from there stay; import again");
}

void print_import(const ImportResult& result, bool as_json) {
  print(as_json ? report_json(result) : sentence_of(result));
}

}  // namespace leases::cli
