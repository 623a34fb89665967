/// Any bytes from a peer of leases-resolve, in pieces of any size.

#include <string>
#include <string_view>

#include "resolve/hook_service.h"
#include "resolve/message_buffer.h"
#include "resolve/query_filter.h"
#include "tests/fuzz/read_everything.h"
#include "tests/fuzz/small_index.h"
#include "tests/support/dns_records.h"

namespace {

using namespace leases;
using namespace leases::resolve;

IndexView view() {
  static const std::string bytes = fuzz::index_with(fuzz::few_leases(), true);
  IndexImage index;
  fuzz::require(IndexImage::open(std::as_bytes(std::span(bytes)), index) == IndexFault::none);
  return IndexView::of(index).value();
}

std::optional<Records> ask(const std::vector<RecordKey>& question) {
  auto records = answer_of(view(), {500}, question);
  fuzz::require(question.size() <= HookService::kMaxKeys);
  // Throws if it is no record.
  if (records) test::parsed_records(*records);
  return records;
}

/// A reply is one message of JSON.
void check(const std::string& message) {
  fuzz::require(message.find('\0') == message.size() - 1);
  const Json reply = Json::parse(message.substr(0, message.size() - 1));
  fuzz::require(reply.contains("parameters"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const HookService service(ask);
  static const Json filter = query_filter(view());
  if (size == 0) return 0;
  const std::size_t piece = 1U + data[0] * 4U;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  MessageBuffer buffer;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer.add(bytes.substr(at, piece));
    while (const auto message = buffer.next()) {
      const Response response = service.respond(*message, filter);
      if (response.kind == Response::Kind::hang_up) return 0;
      if (response.kind == Response::Kind::message) check(response.message);
    }
    if (buffer.is_too_long()) return 0;
  }
  return 0;
}
