#include "share/etcd_reply.h"

#include <simdjson.h>

#include <utility>

#include "share/base64.h"
#include "util/decimal.h"

namespace leases::share {

namespace {

namespace dom = simdjson::dom;

std::string_view text_at(const dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

/// 64-bit numbers are strings in the JSON form of protocol buffers; a 0 is left out.
template <typename Number>
Number number_at(const dom::object& object, std::string_view key) {
  const auto number = parse_decimal<Number>(text_at(object, key));
  return number.value_or(0);
}

bool is_true_at(const dom::object& object, std::string_view key) {
  bool value = false;
  return object[key].get_bool().get(value) == simdjson::SUCCESS && value;
}

std::string bytes_at(const dom::object& object, std::string_view key) {
  return bytes_of_base64(text_at(object, key)).value_or(std::string());
}

EtcdHeader header_of(const dom::object& object) {
  dom::object header;
  if (object["header"].get_object().get(header) != simdjson::SUCCESS) return {};
  return {number_at<std::int64_t>(header, "revision")};
}

EtcdKey key_of(const dom::object& object) {
  return {bytes_at(object, "key"), bytes_at(object, "value"), number_at<std::int64_t>(object, "lease"),
          number_at<std::int64_t>(object, "mod_revision")};
}

EtcdCode code_of(const dom::object& object, const char* key) {
  std::int64_t code = 0;
  if (object[key].get_int64().get(code) != simdjson::SUCCESS) return EtcdCode::unknown;
  return static_cast<EtcdCode>(code);
}

/// Of a request it is {"error": TEXT, "code": NUMBER, …} in etcd 3.4, and {"message": TEXT, "code": NUMBER}
/// in later ones; of a stream {"error": {"message": TEXT, "grpc_code" or "code": NUMBER, …}}.
bool take_error(const dom::object& object, EtcdReply& reply) {
  dom::object details;
  if (object["error"].get_object().get(details) == simdjson::SUCCESS) {
    reply.code = code_of(details, details["grpc_code"].error() == simdjson::SUCCESS ? "grpc_code" : "code");
    reply.error = text_at(details, "message");
  } else if (object["error"].error() == simdjson::SUCCESS || object["code"].error() == simdjson::SUCCESS) {
    reply.code = code_of(object, "code");
    reply.error = text_at(object, object["error"].error() == simdjson::SUCCESS ? "error" : "message");
  } else {
    return false;
  }
  if (reply.error.empty()) reply.error = "fails without a reason";
  return true;
}

void take_keys(const dom::object& object, EtcdReply& reply) {
  dom::array keys;
  if (object["kvs"].get_array().get(keys) != simdjson::SUCCESS) return;
  for (const dom::element item : keys) {
    dom::object key;
    if (item.get_object().get(key) == simdjson::SUCCESS) reply.keys.push_back(key_of(key));
  }
}

void take_events(const dom::object& result, WatchLine& line) {
  dom::array events;
  if (result["events"].get_array().get(events) != simdjson::SUCCESS) return;
  for (const dom::element item : events) {
    dom::object event;
    dom::object key;
    if (item.get_object().get(event) != simdjson::SUCCESS ||
        event["kv"].get_object().get(key) != simdjson::SUCCESS)
      continue;
    line.events.push_back({text_at(event, "type") == "DELETE", key_of(key)});
  }
}

}  // namespace

EtcdReply parse_reply(std::string_view text) {
  EtcdReply reply;
  dom::parser parser;
  dom::object object;
  if (parser.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS) {
    reply.code = EtcdCode::unknown;
    reply.error = "does not answer in JSON";
    return reply;
  }
  if (take_error(object, reply)) return reply;
  // The answer to a sign of life is the first of a stream.
  dom::object result;
  if (object["result"].get_object().get(result) == simdjson::SUCCESS) object = result;
  if (object["header"].error() != simdjson::SUCCESS) {
    reply.code = EtcdCode::unknown;
    reply.error = "answers without a header";
    return reply;
  }
  reply.header = header_of(object);
  take_keys(object, reply);
  reply.has_more = is_true_at(object, "more");
  reply.succeeded = is_true_at(object, "succeeded");
  reply.lease = number_at<std::int64_t>(object, "ID");
  reply.time = number_at<std::int64_t>(object, "TTL");
  reply.token = text_at(object, "token");
  return reply;
}

WatchLine parse_watch_line(std::string_view text) {
  WatchLine line;
  dom::parser parser;
  dom::object object;
  if (parser.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS) {
    line.error = "does not answer in JSON";
    return line;
  }
  EtcdReply reply;
  if (take_error(object, reply)) {
    line.error = reply.error;
    return line;
  }
  dom::object result;
  if (object["result"].get_object().get(result) != simdjson::SUCCESS) {
    line.error = "answers without a result";
    return line;
  }
  line.header = header_of(result);
  line.is_created = is_true_at(result, "created");
  line.is_canceled = is_true_at(result, "canceled");
  line.compacted = number_at<std::int64_t>(result, "compact_revision");
  line.why_canceled = text_at(result, "cancel_reason");
  take_events(result, line);
  return line;
}

}  // namespace leases::share
