#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leases {

/// Sets the name that log_line() puts before each line. main() calls it once; `name` must outlive the
/// program.
void set_log_name(std::string_view name);

/// Writes a line to standard error, which dnsmasq and systemd put in their logs. Other people choose the
/// names of files, networks and keys: whatever is in `text`, this writes one line without terminal commands.
void log_line(std::string_view text);

/// Logs lines when this object ends. For what is found while a lock is held: writing to standard error may
/// wait for its reader.
class DeferredLog {
 public:
  DeferredLog() = default;
  DeferredLog(const DeferredLog&) = delete;
  DeferredLog& operator=(const DeferredLog&) = delete;
  ~DeferredLog();

  void add(std::string line) { lines_.push_back(std::move(line)); }

 private:
  std::vector<std::string> lines_;
};

/// For work that is done in rounds, again and again: while an object of this class exists, a line is not
/// logged if the round before had it, too. One object at a time.
class LogRounds {
 public:
  LogRounds();
  LogRounds(const LogRounds&) = delete;
  LogRounds& operator=(const LogRounds&) = delete;
  ~LogRounds();

  void begin();

 private:
  friend void log_line(std::string_view text);
  [[nodiscard]] bool was_said(std::string_view text);

  std::set<std::string, std::less<>> before_;
  std::set<std::string, std::less<>> present_;
};

}  // namespace leases
