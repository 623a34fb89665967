#include "util/log.h"

#include <cstdio>
#include <utility>

#include "util/escaped_text.h"

namespace leases {

namespace {

std::string_view current_log_name = "nss-leases";
LogRounds* current_rounds = nullptr;

}  // namespace

void set_log_name(std::string_view name) {
  current_log_name = name;
}

void log_line(std::string_view text) {
  if (current_rounds != nullptr && current_rounds->was_said(text)) return;
  const std::string line = std::string(current_log_name).append(": ").append(one_line(text)).append("\n");
  std::fputs(line.c_str(), stderr);
}

LogRounds::LogRounds() {
  current_rounds = this;
}

LogRounds::~LogRounds() {
  current_rounds = nullptr;
}

void LogRounds::begin() {
  before_ = std::exchange(present_, {});
}

bool LogRounds::was_said(std::string_view text) {
  return !present_.emplace(text).second || before_.contains(text);
}

DeferredLog::~DeferredLog() {
  for (const std::string& line : lines_) log_line(line);
}

}  // namespace leases
