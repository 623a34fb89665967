#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "share/etcd_reply.h"
#include "share/etcd_request.h"
#include "store/share_settings.h"

namespace leases::share {

/// What came of a request. Without an answer, `failure` says why, and nobody knows whether it was carried
/// out.
struct EtcdOutcome {
  std::string failure;  ///< empty: there is an answer
  bool is_too_large = false;
  EtcdReply reply;
};

using OnOutcome = std::function<void(const EtcdOutcome&)>;
/// Takes each line of a stream, as it comes.
using OnLine = std::function<void(std::string_view line)>;
/// Takes why a stream ended.
using OnEnd = std::function<void(const std::string& failure)>;

/// Requests to one of etcd's members at a time, through its JSON gateway. Answers come from go_on(), and
/// nothing but wait() waits. Functions throw Error if the library fails.
class EtcdClient {
 public:
  explicit EtcdClient(ShareSettings settings);
  EtcdClient(const EtcdClient&) = delete;
  EtcdClient& operator=(const EtcdClient&) = delete;
  ~EtcdClient();

  void send(const EtcdRequest& request, OnOutcome on_outcome);
  /// A request whose answer has no end.
  void stream(const EtcdRequest& request, OnLine on_line, OnEnd on_end);
  /// Forgets all requests and streams: their functions are not called any more.
  void drop();

  /// The member that is asked, and the next one from now on. drop() first.
  [[nodiscard]] const std::string& endpoint() const { return settings_.endpoints[member_]; }
  void use_next_endpoint();
  void use_token(const std::string& token);

  /// Calls the functions of what has come.
  void go_on();
  /// Until something has come or one of the descriptors is readable, but no longer than `time`. Call go_on()
  /// next.
  void wait(std::span<curl_waitfd> descriptors, std::chrono::milliseconds time);

 private:
  struct Transfer;

  Transfer& start(const EtcdRequest& request);
  void finish(CURL* easy, CURLcode result);

  ShareSettings settings_;
  std::size_t member_;
  CURLM* multi_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<std::unique_ptr<Transfer>> dropped_;  ///< in the middle of one of their functions
};

}  // namespace leases::share
