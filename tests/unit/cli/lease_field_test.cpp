#include "cli/output/lease_field.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/output/lease_output.h"
#include "tests/support/owned_lease.h"

namespace leases::cli::test {

using namespace leases::test;

namespace {

std::string text(const Lease& lease, std::string_view field) {
  return lease_field(field)->text(lease, LocalSubnets());
}

/// What JSON has for a field, as text; empty if it lacks the key.
std::string json_text_of(const nlohmann::ordered_json& object, std::string_view field) {
  const auto value = object.find(std::string(field));
  if (value == object.end()) return {};
  return value->is_string() ? value->get<std::string>() : value->dump();
}

}  // namespace

TEST_SUITE_BEGIN("lease_field");

TEST_CASE("every key of a lease in JSON is a field with the same value") {
  OwnedLease refused = full_v6();
  refused.guest_name = "vm1.corp";
  for (const bool is_refused : {false, true}) {
    refused.name_refused = is_refused;
    OwnedLease reserved = full_v4();
    reserved.reserved = true;
    OwnedLease shared = full_v4();
    shared.host = "hv2";
    for (const OwnedLease& owned : {full_v4(), refused, reserved, shared, OwnedLease()}) {
      const Lease lease = owned.lease();
      const auto object = json_of(lease, LocalSubnets());
      for (const auto& [key, value] : object.items()) {
        const std::string name = key;
        CAPTURE(name);
        CHECK(lease_field(name) != nullptr);
      }
      for (const LeaseField& field : lease_fields()) {
        if (field.name == "name" || field.name == "protocol") continue;
        const std::string name(field.name);
        CAPTURE(name);
        CHECK(text(lease, name) == json_text_of(object, name));
      }
    }
  }
}

TEST_CASE("the name is the lease's own or else its guest's, and a refused one is none") {
  OwnedLease lease = full_v4();
  lease.guest_name = "vm1.corp";
  CHECK(text(lease.lease(), "name") == "Alpha");
  lease.name_refused = true;
  CHECK(text(lease.lease(), "name") == "vm1");
  CHECK(text(lease.lease(), "hostname").empty());
  lease.guest_name.clear();
  CHECK(text(lease.lease(), "name").empty());
  CHECK(text(lease.lease(), "protocol") == "ipv4");
}

TEST_CASE("fields have commas between them and must exist") {
  const std::vector<std::string_view> known{"a", "b"};
  std::string problem;
  CHECK(parse_fields("b,a,b", known, problem) == std::vector<std::string>{"b", "a", "b"});
  CHECK(problem.empty());
  for (const std::string wrong : {"", "a,", "a, b", "c"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_fields(wrong, known, problem));
    CHECK(problem.ends_with("; there are: a, b"));
  }
}

TEST_SUITE_END();

}  // namespace leases::cli::test
