#include "share/etcd_client.h"

#include <algorithm>
#include <random>
#include <utility>

#include "util/error.h"

namespace leases::share {

namespace {

/// An election takes a second or two, and etcd itself gives up after seven.
constexpr long kLongestRequest = 8000;  // ms
constexpr long kConnectTime = 3000;     // ms
/// Of an answer, and of a line of a stream: a member of a cluster that others write to must not take all
/// memory.
constexpr std::size_t kMaxAnswer = std::size_t{16} << 20;

/// etcd ends a stream at a member that has lost the others.
constexpr const char* kNeedsLeader = "Grpc-Metadata-hasleader: true";

/// A member that hangs is left in time for a sign of life at the next.
long request_time(const ShareSettings& settings) {
  constexpr long kHalf = 500;  // ms in half of a second
  return std::min(kLongestRequest, static_cast<long>(settings.time_out.count()) * kHalf);
}

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(easy, option, value);
  if (result != CURLE_OK) throw Error(std::string("libcurl: ") + curl_easy_strerror(result));
}

curl_slist* with_header(curl_slist* list, const std::string& header) {
  curl_slist* longer = curl_slist_append(list, header.c_str());
  if (longer == nullptr) throw Error("libcurl: no memory");
  return longer;
}

curl_slist* usual_headers() {
  curl_slist* list = with_header(nullptr, "Content-Type: application/json");
  // Without it, a request of some length waits for leave to send the rest.
  list = with_header(list, "Expect:");
  return with_header(list, kNeedsLeader);
}

}  // namespace

struct EtcdClient::Transfer {
  CURL* easy;
  std::string body;
  OnOutcome on_outcome;
  OnLine on_line;
  OnEnd on_end;
  std::string received{};
  bool is_too_large = false;
  bool is_dropped = false;
  char problem[CURL_ERROR_SIZE] = {};

  explicit Transfer(CURL* handle) : easy(handle) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_easy_cleanup(easy); }

  static std::size_t take(char* data, std::size_t, std::size_t size, void* object) noexcept {
    auto& transfer = *static_cast<Transfer*>(object);
    // Then the library gives up.
    constexpr std::size_t kNo = 0;
    try {
      return transfer.take({data, size}) ? size : kNo;
    } catch (const std::exception&) {
      return kNo;
    }
  }

  bool take(std::string_view data) {
    received += data;
    if (on_line) give_lines();
    is_too_large = received.size() > kMaxAnswer;
    return !is_dropped && !is_too_large;
  }

  void give_lines() {
    std::size_t begin = 0;
    for (std::size_t end = received.find('\n'); end != std::string::npos && !is_dropped;
         end = received.find('\n', begin)) {
      on_line(std::string_view(received).substr(begin, end - begin));
      begin = end + 1;
    }
    received.erase(0, begin);
  }

  [[nodiscard]] std::string why(CURLcode result) const {
    if (is_too_large) return "answers with too much";
    if (result == CURLE_OK) return "has ended the connection";
    return problem[0] != 0 ? problem : curl_easy_strerror(result);
  }
};

EtcdClient::EtcdClient(ShareSettings settings) : settings_(std::move(settings)) {
  // Hosts spread over the members.
  member_ = std::random_device()() % settings_.endpoints.size();
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl cannot be used");
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw Error("libcurl: no memory");
  headers_ = usual_headers();
}

EtcdClient::~EtcdClient() {
  drop();
  dropped_.clear();
  curl_multi_cleanup(multi_);
  curl_slist_free_all(headers_);
}

EtcdClient::Transfer& EtcdClient::start(const EtcdRequest& request) {
  CURL* easy = curl_easy_init();
  if (easy == nullptr) throw Error("libcurl: no memory");
  auto transfer = std::make_unique<Transfer>(easy);
  transfer->body = request.body;
  set(easy, CURLOPT_URL, (endpoint() + request.path).c_str());
  set(easy, CURLOPT_POSTFIELDS, transfer->body.c_str());
  set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer->body.size()));
  set(easy, CURLOPT_HTTPHEADER, headers_);
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_WRITEFUNCTION, static_cast<curl_write_callback>(Transfer::take));
  set(easy, CURLOPT_WRITEDATA, transfer.get());
  set(easy, CURLOPT_ERRORBUFFER, transfer->problem);
  set(easy, CURLOPT_PRIVATE, transfer.get());
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectTime);
  set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  set(easy, CURLOPT_TCP_KEEPIDLE, 10L);
  set(easy, CURLOPT_TCP_KEEPINTVL, 5L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  // No proxy of the environment's: etcd is in the same network.
  set(easy, CURLOPT_PROXY, "");
  if (!settings_.ca_file.empty()) set(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
  if (!settings_.certificate_file.empty()) {
    set(easy, CURLOPT_SSLCERT, settings_.certificate_file.c_str());
    set(easy, CURLOPT_SSLKEY, settings_.key_file.c_str());
  }
  return *transfers_.emplace_back(std::move(transfer));
}

void EtcdClient::send(const EtcdRequest& request, OnOutcome on_outcome) {
  Transfer& transfer = start(request);
  transfer.on_outcome = std::move(on_outcome);
  set(transfer.easy, CURLOPT_TIMEOUT_MS, request_time(settings_));
  curl_multi_add_handle(multi_, transfer.easy);
}

void EtcdClient::stream(const EtcdRequest& request, OnLine on_line, OnEnd on_end) {
  Transfer& transfer = start(request);
  transfer.on_line = std::move(on_line);
  transfer.on_end = std::move(on_end);
  curl_multi_add_handle(multi_, transfer.easy);
}

void EtcdClient::drop() {
  for (const auto& transfer : transfers_) transfer->is_dropped = true;
  std::ranges::move(transfers_, std::back_inserter(dropped_));
  transfers_.clear();
}

void EtcdClient::use_next_endpoint() {
  member_ = (member_ + 1) % settings_.endpoints.size();
}

void EtcdClient::use_token(const std::string& token) {
  curl_slist_free_all(headers_);
  headers_ = nullptr;
  headers_ = usual_headers();
  if (!token.empty()) headers_ = with_header(headers_, "Authorization: " + token);
}

void EtcdClient::finish(CURL* easy, CURLcode result) {
  const auto found = std::ranges::find(transfers_, easy, [](const auto& transfer) { return transfer->easy; });
  curl_multi_remove_handle(multi_, easy);
  if (found == transfers_.end()) return;
  const std::unique_ptr<Transfer> transfer = std::move(*found);
  transfers_.erase(found);
  if (transfer->on_end) {
    // What is left may be an error without a line break.
    if (!transfer->received.empty() && !transfer->is_too_large) transfer->on_line(transfer->received);
    if (!transfer->is_dropped) transfer->on_end(transfer->why(result));
    return;
  }
  EtcdOutcome outcome;
  outcome.is_too_large = transfer->is_too_large;
  if (result != CURLE_OK) outcome.failure = transfer->why(result);
  if (outcome.failure.empty()) outcome.reply = parse_reply(transfer->received);
  transfer->on_outcome(outcome);
}

void EtcdClient::go_on() {
  int running = 0;
  curl_multi_perform(multi_, &running);
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
  for (const auto& transfer : dropped_) curl_multi_remove_handle(multi_, transfer->easy);
  dropped_.clear();
}

void EtcdClient::wait(std::span<curl_waitfd> descriptors, std::chrono::milliseconds time) {
  const CURLMcode result =
      curl_multi_poll(multi_, descriptors.data(), static_cast<unsigned>(descriptors.size()),
                      static_cast<int>(time.count()), nullptr);
  if (result != CURLM_OK) throw Error(std::string("libcurl: ") + curl_multi_strerror(result));
}

}  // namespace leases::share
