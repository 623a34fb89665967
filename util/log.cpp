#include "util/log.h"

#include <cstdio>

#include "util/escaped_text.h"

namespace leases {

namespace {

std::string_view current_log_name = "nss-leases";

}  // namespace

void set_log_name(std::string_view name) {
  current_log_name = name;
}

void log_line(std::string_view text) {
  const std::string line = std::string(current_log_name).append(": ").append(one_line(text)).append("\n");
  std::fputs(line.c_str(), stderr);
}

DeferredLog::~DeferredLog() {
  for (const std::string& line : lines_) log_line(line);
}

}  // namespace leases
