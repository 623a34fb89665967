#include "resolve/hook_service.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "paths.h"
#include "resolve/dns_record.h"
#include "resolve/hook_interface.h"

namespace leases::resolve {

namespace {

constexpr std::string_view kService = "org.varlink.service";
constexpr std::string_view kHook = "io.systemd.Resolve.Hook";

enum class Method : std::uint8_t { get_info, get_interface_description, query_filter, resolve_record };

std::optional<Method> method_named(std::string_view name) {
  constexpr std::pair<std::string_view, Method> kMethods[] = {
      {"org.varlink.service.GetInfo", Method::get_info},
      {"org.varlink.service.GetInterfaceDescription", Method::get_interface_description},
      {"io.systemd.Resolve.Hook.QueryFilter", Method::query_filter},
      {"io.systemd.Resolve.Hook.ResolveRecord", Method::resolve_record},
  };
  for (const auto& [known, method] : kMethods) {
    if (name == known) return method;
  }
  return {};
}

std::string service_error(std::string_view name, std::string_view member, std::string_view value) {
  return varlink_error(std::string(kService) + '.' + std::string(name), {{member, value}});
}

std::string invalid(std::string_view parameter) {
  return service_error("InvalidParameter", "parameter", parameter);
}

std::string information() {
  return varlink_reply({{"vendor", "nss-leases"},
                        {"product", "leases-resolve"},
                        {"version", paths::kVersion},
                        {"url", "man:leases-resolve(8)"},
                        {"interfaces", {kHook, kService}}});
}

std::string description(const Json& parameters) {
  const auto name = parameters.find("interface");
  if (name == parameters.end() || !name->is_string()) return invalid("interface");
  const auto interface = name->get<std::string>();
  if (interface == kService) return varlink_reply({{"description", kServiceInterface}});
  if (interface == kHook) return varlink_reply({{"description", kHookInterface}});
  if (interface.size() > kMaxMemberName) return invalid("interface");
  return service_error("InterfaceNotFound", "interface", interface);
}

std::string not_found(const std::string& method) {
  const std::string_view interface = std::string_view(method).substr(0, method.rfind('.'));
  if (interface == kService || interface == kHook) return service_error("MethodNotFound", "method", method);
  return service_error("InterfaceNotFound", "interface", interface);
}

std::optional<std::uint16_t> number_in(const Json& key, const char* member) {
  const auto value = key.find(member);
  if (value == key.end() || !value->is_number_unsigned()) return {};
  const auto number = value->get<std::uint64_t>();
  if (number > std::numeric_limits<std::uint16_t>::max()) return {};
  return static_cast<std::uint16_t>(number);
}

std::optional<RecordKey> key_in(const Json& element) {
  if (!element.is_object()) return {};
  const auto key = element.find("key");
  if (key == element.end() || !key->is_object()) return {};
  const auto record_class = number_in(*key, "class");
  const auto type = number_in(*key, "type");
  const auto name = key->find("name");
  if (!record_class || !type || name == key->end() || !name->is_string()) return {};
  return RecordKey{*record_class, *type, name->get<std::string>()};
}

/// Nothing if it is not what ResolveRecord takes.
std::optional<std::vector<RecordKey>> question_in(const Json& parameters) {
  const auto list = parameters.find("question");
  if (list == parameters.end() || !list->is_array() || list->empty() || list->size() > HookService::kMaxKeys)
    return {};
  std::vector<RecordKey> question;
  for (const Json& element : *list) {
    auto key = key_in(element);
    if (!key) return {};
    question.push_back(std::move(*key));
  }
  return question;
}

}  // namespace

std::string HookService::resolve_record(const Json& parameters) const {
  const auto question = question_in(parameters);
  if (!question) return invalid("question");
  const auto records = ask_(*question);
  if (!records) return varlink_reply(Json::object());
  Json answer = Json::array();
  for (const std::string& record : *records) answer.push_back({{"raw", base64(record)}});
  return varlink_reply({{"rcode", 0}, {"answer", std::move(answer)}});
}

Response HookService::respond(const VarlinkCall& call, const Json& filter) const {
  using Kind = Response::Kind;
  const auto method = method_named(call.method);
  if (!method) return {Kind::message, not_found(call.method)};
  if (call.upgrade) return {Kind::message, service_error("MethodNotImplemented", "method", call.method)};
  switch (*method) {
    case Method::get_info:
      return {Kind::message, information()};
    case Method::get_interface_description:
      return {Kind::message, description(call.parameters)};
    case Method::resolve_record:
      return {Kind::message, resolve_record(call.parameters)};
    case Method::query_filter:
      break;
  }
  if (call.more) return {Kind::filter, {}};
  return {Kind::message, varlink_reply(filter)};
}

Response HookService::respond(std::string_view message, const Json& filter) const {
  const auto call = VarlinkCall::parse(message);
  if (!call) return {Response::Kind::hang_up, {}};
  Response response = respond(*call, filter);
  if (call->oneway) return {Response::Kind::none, {}};
  return response;
}

}  // namespace leases::resolve
