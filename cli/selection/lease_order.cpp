#include "cli/selection/lease_order.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>

#include "cli/output/lease_field.h"
#include "util/folded_name.h"

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

std::vector<std::size_t> LeaseOrder::order_of(const std::vector<const Lease*>& leases,
                                              const LocalSubnets& subnets) const {
  const LeaseField& field = *lease_field(without_sign(typed_));
  const int sign = typed_.starts_with('-') ? -1 : 1;
  std::vector<std::size_t> order(leases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (field.compare != nullptr) {
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      return sign * field.compare(*leases[a], *leases[b]) < 0;
    });
    return order;
  }
  std::vector<std::string> texts;
  texts.reserve(leases.size());
  for (const Lease* lease : leases) texts.push_back(folded(field.text(*lease, subnets)));
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (texts[a].empty() || texts[b].empty()) return !texts[a].empty() && texts[b].empty();
    return sign * ::strverscmp(texts[a].c_str(), texts[b].c_str()) < 0;
  });
  return order;
}

}  // namespace leases::cli
