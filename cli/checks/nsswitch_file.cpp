#include "cli/checks/nsswitch_file.h"

#include <algorithm>

#include "common/host_name.h"
#include "util/words.h"

namespace leases::cli {

namespace {

/// The databases whose lines glibc reads; it ignores all others.
constexpr std::array<std::string_view, 17> kDatabases{
    "aliases",    "ethers",   "group",    "group_compat", "gshadow",       "hosts",
    "initgroups", "netgroup", "networks", "passwd",       "passwd_compat", "protocols",
    "publickey",  "rpc",      "services", "shadow",       "shadow_compat"};

constexpr std::string_view kHosts = "hosts";

constexpr std::array<std::string_view, 4> kStatuses{"SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN"};

/// A position in a text.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }
  /// Everything up to one of these characters or the end.
  std::string_view until(std::string_view ends) {
    const std::string_view piece = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(piece.size());
    return piece;
  }
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

 private:
  std::string_view rest_;
};

/// One "!STATUS=action" inside brackets.
bool read_criterion(Cursor& cursor, NssService& service) {
  const bool all_but = cursor.take('!');
  const std::string_view name = cursor.until(" \t\n\v\f\r=]");
  const auto status = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [&](std::string_view known) { return equal_folded(known, name); });
  cursor.skip(kSpace);
  if (status == kStatuses.end() || !cursor.take('=')) return false;
  cursor.skip(kSpace);
  const std::string_view action = cursor.until(" \t\n\v\f\r=]");
  const bool ends = equal_folded(action, "RETURN");
  if (!ends && !equal_folded(action, "CONTINUE") && !equal_folded(action, "MERGE")) return false;
  const auto chosen = static_cast<std::size_t>(status - kStatuses.begin());
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if ((i == chosen) != all_but) service.returns[i] = ends;
  }
  cursor.skip(kSpace);
  return true;
}

bool read_criteria(Cursor& cursor, NssService& service) {
  const std::string_view from = cursor.rest();
  cursor.take('[');
  cursor.skip(kSpace);
  do {
    if (!read_criterion(cursor, service)) return false;
  } while (!cursor.take(']'));
  for (const std::string_view word : words_of(from.substr(0, from.size() - cursor.rest().size()))) {
    if (!service.criteria.empty()) service.criteria += ' ';
    service.criteria += word;
  }
  return true;
}

/// The services of a line. Criteria that glibc cannot parse go to `bad`.
std::vector<NssService> read_services(std::string_view text, std::vector<std::string>& bad) {
  std::vector<NssService> services;
  Cursor cursor(text);
  while (true) {
    cursor.skip(kSpace);
    NssService service;
    service.name = cursor.until(" \t\n\v\f\r[");
    if (service.name.empty()) return services;
    cursor.skip(kSpace);
    if (cursor.rest().starts_with('[')) {
      Cursor criteria = cursor;
      NssService with_criteria = service;
      if (read_criteria(criteria, with_criteria)) {
        service = std::move(with_criteria);
        cursor = criteria;
      } else {
        const std::string_view rest = cursor.rest();
        cursor.until("]");
        cursor.take(']');
        bad.emplace_back(rest.substr(0, rest.size() - cursor.rest().size()));
      }
    }
    services.push_back(std::move(service));
  }
}

/// What glibc does not know as hosts, and a person would.
bool is_misnamed_hosts(std::string_view database) {
  return database != kHosts && (equal_folded(database, kHosts) || equal_folded(database, "host"));
}

/// The first word of a line.
std::string_view read_database(Cursor& cursor) {
  cursor.skip(kSpace);
  return cursor.until(" \t\n\v\f\r:");
}

}  // namespace

NsswitchFile NsswitchFile::parse(std::string_view text) {
  NsswitchFile file;
  unsigned number = 0;
  const std::size_t end = text.rfind('\n') + 1;
  Cursor unfinished(text.substr(end));
  file.hosts_unfinished = read_database(unfinished) == kHosts;
  for (const std::string_view line : lines_of(text.substr(0, end))) {
    ++number;
    Cursor cursor(line);
    const std::string_view database = read_database(cursor);
    cursor.skip(" \t\n\v\f\r:");
    BadNsswitchLine bad{number, {}};
    if (is_misnamed_hosts(database)) {
      file.misnamed_line = number;
      file.misnamed_hosts = read_services(cursor.rest(), bad.brackets);
    }
    if (std::find(kDatabases.begin(), kDatabases.end(), database) == kDatabases.end()) continue;
    std::vector<NssService> services = read_services(cursor.rest(), bad.brackets);
    if (!bad.brackets.empty()) file.bad_lines.push_back(std::move(bad));
    if (database != kHosts) continue;
    file.hosts = std::move(services);
    file.hosts_line = number;
    file.has_hosts = true;
  }
  std::vector<std::string> none;
  if (!file.has_hosts) file.hosts = read_services("files dns", none);
  return file;
}

}  // namespace leases::cli
