#include "cli/selection/lease_order.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "cli/names/folded_name.h"
#include "cli/output/lease_field.h"

namespace leases::cli {

namespace {

std::string_view without_sign(std::string_view typed) {
  return typed.starts_with('-') ? typed.substr(1) : typed;
}

}  // namespace

void LeaseOrder::add_option(Command command) {
  command.add_option("--sort", typed_, "By this field; --sort=-FIELD: the greatest first")
      .validated_by([](const std::string& text) -> std::string {
        const std::vector<std::string_view> known = lease_field_names();
        const bool is_known = std::ranges::find(known, without_sign(text)) != known.end();
        return is_known ? "" : unknown_field(without_sign(text), known);
      })
      .value("FIELD");
}

bool LeaseOrder::before(const Lease& a, const Lease& b, const LocalSubnets& subnets) const {
  const LeaseField& field = *lease_field(without_sign(typed_));
  const int sign = typed_.starts_with('-') ? -1 : 1;
  if (field.compare != nullptr) return sign * field.compare(a, b) < 0;
  const std::string text_a = folded(field.text(a, subnets));
  const std::string text_b = folded(field.text(b, subnets));
  if (text_a.empty() || text_b.empty()) return !text_a.empty() && text_b.empty();
  return sign * ::strverscmp(text_a.c_str(), text_b.c_str()) < 0;
}

}  // namespace leases::cli
