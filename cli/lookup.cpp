#include "cli/lookup.h"

#include <iostream>
#include <vector>

#include "cli/exit_code.h"
#include "cli/index_reader.h"
#include "common/lookup.h"
#include "helper/lease_store.h"

namespace leases::cli {

namespace {

std::vector<Lease> leases_with_name(const IndexReader& reader, const std::string& name) {
  std::vector<Lease> leases;
  if (const auto query = HostQuery::parse(name)) {
    visit_answers(reader.view(), *query, now(), [&](const Answer& answer) {
      leases.push_back(answer.table.lease(answer.record));
      return true;
    });
  }
  return leases;
}

template <typename Matches>
std::vector<Lease> leases_that(const IndexReader& reader, Matches matches) {
  std::vector<Lease> leases = reader.live_leases();
  std::erase_if(leases, [&](const Lease& lease) { return !matches(lease); });
  return leases;
}

}  // namespace

int lookup(const Settings& settings, const std::string& subject, Format format) {
  const IndexReader reader(settings);
  std::vector<Lease> leases;
  if (const auto address = parse_ip(subject)) {
    leases = leases_that(reader, [&](const Lease& lease) { return lease.address == *address; });
  } else if (const auto hardware = HardwareAddress::parse(subject);
             hardware && subject.find(':') != std::string::npos) {
    leases = leases_that(reader, [&](const Lease& lease) { return lease.hardware == hardware; });
  } else {
    leases = leases_with_name(reader, subject);
  }
  if (leases.empty()) {
    std::cerr << "leasectl: nothing is leased to '" << subject << "'\n";
    return kNotFound;
  }
  print_leases(std::cout, leases, format);
  return kFound;
}

}  // namespace leases::cli
