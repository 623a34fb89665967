#include "resolve/query_filter.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/host_name.h"
#include "common/index_layout.h"
#include "common/lease_place.h"
#include "common/mapping.h"
#include "resolve/dns_name.h"
#include "util/folded_name.h"

namespace leases::resolve {

namespace {

/// The domains of a filter.
class Domains {
 public:
  void add(const Lease& lease) {
    add(lease.accepted_name());
    add(lease.guest_label());
    add(domain_part_of(lease.guest_name));
    add(lease.domain);
    add(lease_place_of(lease));
    add_zones(lease.address);
  }
  [[nodiscard]] std::size_t count() const { return names_.size(); }
  [[nodiscard]] const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  void add(std::string_view name) {
    if (name.empty()) return;
    std::string text = folded(name);
    if (is_sound(text)) names_.insert(std::move(text));
  }
  /// Whether a name can be asked for. Only in a damaged index is there another one, and JSON could not have
  /// it.
  static bool is_sound(const std::string& name) {
    return std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != '\\'; }) &&
           DnsName::parse(name);
  }
  void add_zones(const IpAddress& address) {
    names_.insert(reverse_zone(address, address.family == Family::v4 ? 24 : 64));
    // An IPv4 address may be asked for as ::ffff:192.0.2.1.
    if (address.family == Family::v4) names_.insert(reverse_zone(kMapped, 96));
  }

  static constexpr IpAddress kMapped{Family::v6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}};

  std::set<std::string, std::less<>> names_;
};

/// The index that is in its place at this moment. What LiveIndex holds may have been deleted 100 ms ago, and
/// no report of it comes later.
class OwnMapping {
 public:
  OwnMapping() : result_(map_index(mapping_)) {}
  OwnMapping(const OwnMapping&) = delete;
  OwnMapping& operator=(const OwnMapping&) = delete;
  ~OwnMapping() {
    if (result_ == MapResult::mapped) unmap(mapping_.index);
  }

  [[nodiscard]] MapResult result() const { return result_; }
  [[nodiscard]] const IndexImage& index() const { return mapping_.index; }

 private:
  Mapping mapping_;
  MapResult result_;
};

}  // namespace

Json every_name() {
  return Json::object();
}

Json no_name() {
  return {{"filterDomains", Json::array()}};
}

Json query_filter(const IndexView& view) {
  if (std::size_t{view.snapshot().lease_count()} + view.overlay().lease_count() > 2 * kMaxFiltered)
    return every_name();
  Domains domains;
  view.for_each_lease([&](const Lease& lease) { domains.add(lease); });
  if (domains.count() > kMaxFiltered) return every_name();
  return {{"filterDomains", domains.names()}};
}

std::optional<Json> query_filter() {
  for (;;) {
    const OwnMapping own;
    if (own.result() == MapResult::unreachable) return {};
    const auto view = own.result() == MapResult::mapped ? IndexView::of(own.index()) : std::nullopt;
    if (!view) return std::make_optional<Json>(no_name());
    Json filter = query_filter(*view);
    if (!own.index().emptied()) return std::make_optional<Json>(std::move(filter));
  }
}

}  // namespace leases::resolve
