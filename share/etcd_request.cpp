#include "share/etcd_request.h"

#include <nlohmann/json.hpp>

#include "share/base64.h"
#include "share/keys.h"

namespace leases::share {

namespace {

using Json = nlohmann::json;

// 64-bit numbers are strings in the JSON form of protocol buffers.
std::string number(std::int64_t value) {
  return std::to_string(value);
}

EtcdRequest request(const char* path, const Json& body) {
  return {path, body.dump()};
}

Json put(std::string_view key, std::string_view value, std::int64_t lease) {
  return {{"request_put", {{"key", base64_of(key)}, {"value", base64_of(value)}, {"lease", number(lease)}}}};
}

Json is_of_lease(std::string_view key, std::int64_t lease) {
  return {{"key", base64_of(key)}, {"target", "LEASE"}, {"result", "EQUAL"}, {"lease", number(lease)}};
}

Json removal(const KeyChange& change, std::int64_t lease) {
  Json remove = {{"request_delete_range", {{"key", base64_of(change.key)}}}};
  // Any host may have an address, so this may be another's by now.
  if (change.key != pointer_key(change.address)) return remove;
  return {{"request_txn",
           {{"compare", Json::array({is_of_lease(change.key, lease)})},
            {"success", Json::array({std::move(remove)})}}}};
}

}  // namespace

EtcdRequest authenticate_request(const std::string& user, const std::string& password) {
  return request("/v3/auth/authenticate", {{"name", user}, {"password", password}});
}

EtcdRequest range_request(std::string_view from, std::string_view end, std::int64_t revision,
                          std::size_t limit) {
  return request("/v3/kv/range", {{"key", base64_of(from)},
                                  {"range_end", base64_of(end)},
                                  {"revision", number(revision)},
                                  {"limit", std::to_string(limit)}});
}

EtcdRequest get_request(std::string_view key, std::int64_t revision) {
  return request("/v3/kv/range", {{"key", base64_of(key)}, {"revision", number(revision)}});
}

EtcdRequest watch_request(std::string_view prefix, std::int64_t revision) {
  return request("/v3/watch", {{"create_request",
                                {{"key", base64_of(prefix)},
                                 {"range_end", base64_of(end_of_prefix(prefix))},
                                 {"start_revision", number(revision)},
                                 {"fragment", true}}}});
}

EtcdRequest grant_request(std::chrono::seconds time) {
  return request("/v3/lease/grant", {{"TTL", number(time.count())}});
}

EtcdRequest keep_alive_request(std::int64_t lease) {
  return request("/v3/lease/keepalive", {{"ID", number(lease)}});
}

EtcdRequest revoke_request(std::int64_t lease) {
  return request("/v3/lease/revoke", {{"ID", number(lease)}});
}

EtcdRequest put_if_request(std::string_view key, std::string_view value, std::int64_t lease,
                           std::int64_t revision) {
  const Json is_present = {
      {"key", base64_of(key)}, {"target", "MOD"}, {"result", "EQUAL"}, {"mod_revision", number(revision)}};
  return request("/v3/kv/txn", {{"compare", Json::array({is_present})},
                                {"success", Json::array({put(key, value, lease)})}});
}

EtcdRequest change_request(std::span<const KeyChange> changes, std::int64_t lease, std::string_view guard) {
  Json operations = Json::array();
  for (const KeyChange& change : changes) {
    operations.push_back(change.value.empty() ? removal(change, lease)
                                              : put(change.key, change.value, lease));
  }
  return request("/v3/kv/txn",
                 {{"compare", Json::array({is_of_lease(guard, lease)})}, {"success", std::move(operations)}});
}

}  // namespace leases::share
