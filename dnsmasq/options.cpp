#include "dnsmasq/options.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "util/directory.h"
#include "util/error.h"
#include "util/escaped_text.h"
#include "util/regular_file.h"
#include "util/words.h"

namespace leases {

namespace {

constexpr std::array<std::pair<char, std::string_view>, 7> kShortNames{{
    {'6', "dhcp-script"},
    {'7', "conf-dir"},
    {'9', "leasefile-ro"},
    {'C', "conf-file"},
    {'F', "dhcp-range"},
    {'X', "dhcp-lease-max"},
    {'l', "dhcp-leasefile"},
}};

/// The short options without a value, several of which can be one word: -k9.
constexpr std::string_view kShortFlags = "951yZDNLERKzowefnbvhdkq";

/// The long options whose value may be the next word: that of conf-file may not.
constexpr std::array<std::string_view, 7> kTakesWord{"conf-dir",       "conf-script", "dhcp-leasefile",
                                                     "dhcp-lease-max", "dhcp-range",  "dhcp-script",
                                                     "dhcp-scriptuser"};

std::string_view long_name_of(char letter) {
  const auto* known = std::find_if(kShortNames.begin(), kShortNames.end(),
                                   [&](const auto& name) { return name.first == letter; });
  return known != kShortNames.end() ? known->second : std::string_view();
}

/// Limit of files and directories. dnsmasq itself has none.
constexpr std::size_t kMostReads = 256;

/// A line without its comment, which starts at a # that begins a word outside quotes.
std::string_view without_comment(std::string_view line) {
  bool quoted = false;
  bool begins_word = true;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (!quoted && begins_word && line[i] == '#') return line.substr(0, i);
    begins_word = line[i] == ' ' || line[i] == '\t';
  }
  return line;
}

std::string unquoted(std::string_view value) {
  std::string text(value);
  std::erase(text, '"');
  return text;
}

/// The files of a conf-dir that dnsmasq reads. A suffix excludes files; with a * before it, only files with
/// such a suffix are read.
bool is_read(const std::string& name, const std::vector<std::string>& suffixes) {
  if (name.empty() || name.front() == '.' || name.back() == '~' ||
      (name.front() == '#' && name.back() == '#'))
    return false;
  bool any_wanted = false;
  bool wanted = false;
  for (const std::string& suffix : suffixes) {
    if (suffix.starts_with('*')) {
      any_wanted = true;
      wanted = wanted || name.ends_with(suffix.substr(1));
    } else if (name.ends_with(suffix)) {
      return false;
    }
  }
  return wanted || !any_wanted;
}

}  // namespace

void DnsmasqValue::offer(std::string_view text, const std::string& file) {
  // dnsmasq refuses a second one of either kind.
  if (!file_.empty()) return;
  text_ = unquoted(text);
  file_ = file;
}

DnsmasqOptions::DnsmasqOptions(const std::vector<std::string>& arguments, const std::string& default_file) {
  read_arguments(arguments);
  if (has_own_file_) return;
  main_file_ = default_file;
  // Without one, dnsmasq goes by its command line.
  if (read_regular_file(default_file).state != RegularFile::State::absent) read_file(default_file);
}

void DnsmasqOptions::read_arguments(const std::vector<std::string>& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const auto next = [&]() -> std::string_view {
      return i + 1 < arguments.size() ? std::string_view(arguments[++i]) : std::string_view();
    };
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const std::string_view name = word.substr(2, equals - 2);
      if (equals != std::string_view::npos) {
        set(name, word.substr(equals + 1), {});
      } else {
        const bool takes_word = std::find(kTakesWord.begin(), kTakesWord.end(), name) != kTakesWord.end();
        set(name, takes_word ? next() : std::string_view(), {});
      }
    } else if (word.starts_with('-')) {
      for (std::size_t n = 1; n < word.size(); ++n) {
        const bool is_flag = kShortFlags.find(word[n]) != std::string_view::npos;
        const std::string_view rest = word.substr(n + 1);
        set(long_name_of(word[n]), is_flag ? std::string_view() : rest.empty() ? next() : rest, {});
        if (!is_flag) break;
      }
    }
  }
}

void DnsmasqOptions::set(std::string_view name, std::string_view value, const std::string& file) {
  if (name == "dhcp-range") serves_dhcp_ = true;
  if (name == "dhcp-script") script_.offer(value, file);
  if (name == "dhcp-leasefile") lease_file_.offer(value, file);
  if (name == "dhcp-lease-max") lease_limit_.offer(value, file);
  if (name == "dhcp-scriptuser") script_user_.offer(value, file);
  if (name == "script-on-renewal" || name == "leasefile-ro") {
    if (!std::exchange(reports_renewals_, true)) renewals_file_ = file;
  }
  if (name == "leasefile-ro") leases_are_with_script_ = true;
  if (name == "conf-dir") read_directory(value);
  if (name == "conf-file") read_conf_file(unquoted(value), file.empty());
  if (name == "conf-script")
    unread_.push_back("what " + printable(unquoted(value)) + " prints (conf-script) is not known");
}

void DnsmasqOptions::read_conf_file(const std::string& path, bool on_command_line) {
  if (on_command_line && !has_own_file_) {
    main_file_ = path;
    has_own_file_ = true;
  }
  if (!path.empty()) read_file(path);
}

void DnsmasqOptions::read_file(const std::string& path) {
  // /dev/null stands for no file.
  if (path == "/dev/null" || !is_absolute(path)) return;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && !files_.emplace(status.st_dev, status.st_ino).second) return;
  if (!may_read_more()) return;
  const RegularFile file = read_regular_file(path);
  if (!file.read()) {
    unread_.push_back(printable(path) + ' ' + file.problem());
    return;
  }
  for (const std::string_view line : lines_of(file.text)) {
    const std::string_view text = without_comment(line);
    const std::size_t equals = std::min(text.find('='), text.size());
    set(trimmed(text.substr(0, equals)), trimmed(text.substr(std::min(equals + 1, text.size()))), path);
  }
}

bool DnsmasqOptions::is_absolute(const std::string& path) {
  if (path.starts_with('/')) return true;
  unread_.push_back(printable(path) + " is relative to where dnsmasq was started, which is not known");
  return false;
}

bool DnsmasqOptions::may_read_more() {
  if (reads_ > kMostReads) return false;
  if (++reads_ <= kMostReads) return true;
  unread_.push_back("it names more than " + std::to_string(kMostReads) +
                    " files, and the others are not read");
  return false;
}

void DnsmasqOptions::read_directory(std::string_view value) try {
  if (!may_read_more()) return;
  ConfDirectory named;
  const std::string text = unquoted(value);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    named.suffixes.emplace_back(trimmed(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  named.path = named.suffixes.front();
  named.suffixes.erase(named.suffixes.begin());
  std::erase(named.suffixes, "");
  if (!is_absolute(named.path)) return;
  while (named.path.size() > 1 && named.path.ends_with('/')) named.path.pop_back();
  directories_.push_back(named);
  const auto directory = Directory::open_existing(named.path);
  if (!directory) return;
  for (const std::string& name : directory->names()) {
    if (is_read(name, named.suffixes)) read_file(directory->path_of(name));
  }
} catch (const Error& error) {
  unread_.push_back(printable(error.what()));
}

bool DnsmasqOptions::would_read(std::string_view directory, const std::string& name) const {
  return std::any_of(directories_.begin(), directories_.end(), [&](const ConfDirectory& named) {
    return named.path == directory && is_read(name, named.suffixes);
  });
}

}  // namespace leases
