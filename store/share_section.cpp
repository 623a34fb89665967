#include "store/share_section.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "common/host_name.h"
#include "util/glob.h"

namespace leases {

namespace {

constexpr std::int64_t kShortestTimeOut = 2;
constexpr std::int64_t kLongestTimeOut = 86400;

bool is_endpoint(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const bool is_known = text.starts_with("http://") || text.starts_with("https://");
  const std::string_view place = text.substr(scheme + 3);
  return is_known && !place.empty() && place.find_first_of("/?#@ ") == std::string_view::npos;
}

bool is_absolute_path(std::string_view text) {
  return text.starts_with('/');
}

bool is_lower_label(std::string_view text) {
  const auto label = CanonicalLabel::parse(text);
  return label && label->view() == text;
}

bool is_lower_domain(std::string_view text) {
  return is_domain_name(text) && std::ranges::all_of(text, [](char c) { return fold_ascii(c) == c; });
}

bool is_any(std::string_view text) {
  return !text.empty();
}

/// What a value may be.
struct TextRule {
  bool (*is_right)(std::string_view text);
  const char* expected;
};

constexpr TextRule kEndpoint{is_endpoint, "like \"https://etcd.example:2379\""};
constexpr TextRule kAbsolutePath{is_absolute_path, "an absolute path"};
constexpr TextRule kHost{is_lower_label, "a host name in lower case, without a dot"};
constexpr TextRule kDomain{is_lower_domain, "a domain in lower case"};
constexpr TextRule kAnything{is_any, "not empty"};

class ShareReader {
 public:
  explicit ShareReader(const ReportAt& report) : report_(report) {}

  ShareSettings read(const toml::table& table) {
    reject_unknown_keys(table, {"endpoints", "host", "networks", "ca-file", "certificate-file", "key-file",
                                "user", "password-file", "time-out", "hosts", "names", "domains", "peers"});
    ShareSettings share;
    if (auto endpoints = read_texts(table, "endpoints", kEndpoint)) share.endpoints = std::move(*endpoints);
    if (auto networks = read_texts(table, "networks", kAnything)) share.networks = std::move(*networks);
    share.hosts = read_texts(table, "hosts", kAnything);
    read_text(table, "host", kHost, share.host);
    read_text(table, "ca-file", kAbsolutePath, share.ca_file);
    read_text(table, "certificate-file", kAbsolutePath, share.certificate_file);
    read_text(table, "key-file", kAbsolutePath, share.key_file);
    read_text(table, "user", kAnything, share.user);
    read_text(table, "password-file", kAbsolutePath, share.password_file);
    read_time_out(table, share.time_out);
    share.all = read_policy(table);
    if (const toml::node* peers = table.get("peers")) read_peers(*peers, share);
    require_both(table, share.certificate_file, share.key_file,
                 "'share.certificate-file' and 'share.key-file'");
    require_both(table, share.user, share.password_file, "'share.user' and 'share.password-file'");
    return share;
  }

 private:
  void reject_unknown_keys(const toml::table& table, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) == known.end())
        report_(key.source(), "there is no key 'share." + std::string(key.str()) + "'");
    }
  }

  void require_both(const toml::table& table, const std::string& one, const std::string& other,
                    const std::string& names) {
    if (one.empty() != other.empty()) report_(table.source(), names + " have to be there both, or none");
  }

  void read_text(const toml::table& table, std::string_view key, const TextRule& rule, std::string& text) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (value && rule.is_right(*value)) {
      text = *value;
    } else {
      report_(node->source(), "'share." + std::string(key) + "' has to be a string, " + rule.expected);
    }
  }

  /// Nothing if the key is not there.
  std::optional<std::vector<std::string>> read_texts(const toml::table& table, std::string_view key,
                                                     const TextRule& rule) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    std::vector<std::string> texts;
    bool is_right = list != nullptr;
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto text = list->get(i)->value_exact<std::string>();
      is_right = is_right && text && rule.is_right(*text);
      if (text) texts.push_back(*text);
    }
    if (is_right) return texts;
    report_(node->source(),
            "'share." + std::string(key) + "' has to be a list of strings, each " + rule.expected);
    return std::vector<std::string>();
  }

  void read_time_out(const toml::table& table, std::chrono::seconds& time_out) {
    const toml::node* node = table.get("time-out");
    if (node == nullptr) return;
    const auto seconds = node->value_exact<std::int64_t>();
    if (seconds && *seconds >= kShortestTimeOut && *seconds <= kLongestTimeOut) {
      time_out = std::chrono::seconds(*seconds);
    } else {
      report_(node->source(), "'share.time-out' has to be a number of seconds from 2 to 86400");
    }
  }

  PeerPolicy read_policy(const toml::table& table) {
    PeerPolicy policy{read_texts(table, "names", kAnything), {}};
    if (auto domains = read_texts(table, "domains", kDomain)) policy.domains = std::move(*domains);
    return policy;
  }

  void read_peers(const toml::node& node, ShareSettings& share) {
    const toml::table* peers = node.as_table();
    if (peers == nullptr)
      return report_(node.source(), "'share.peers' has to have sections: [share.peers.HOST]");
    for (const auto& [host, value] : *peers) {
      const toml::table* peer = value.as_table();
      if (peer == nullptr || !is_lower_label(host.str())) {
        report_(host.source(), "'share.peers." + std::string(host.str()) +
                                   "' has to be a section with the name of a host in lower case");
        continue;
      }
      reject_unknown_keys(*peer, {"names", "domains"});
      share.peers[std::string(host.str())] = read_policy(*peer);
    }
  }

  const ReportAt& report_;
};

}  // namespace

ShareSettings read_share(const toml::node& node, const ReportAt& report) {
  if (const toml::table* table = node.as_table()) return ShareReader(report).read(*table);
  report(node.source(), "'share' has to be a section: [share]");
  return {};
}

bool is_shared(const ShareSettings& share, std::string_view network) {
  return matches_any(share.networks, network);
}

bool is_peer(const ShareSettings& share, std::string_view host) {
  return !share.hosts || matches_any(*share.hosts, host);
}

}  // namespace leases
