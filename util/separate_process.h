#pragma once

#include <functional>
#include <string>

namespace leases {

/// Takes one line for a person, without its end.
using LineSink = std::function<void(const std::string& line)>;

/// What became of some work.
enum class Work {
  done,
  unfinished,  ///< it has to be done again, soon
  failed,      ///< it threw or was killed
};

/// Does some work in a process of its own and waits for its end: whatever the work gives up or uses up, this
/// process does not. What the work tells, and the exception that it may end with, is told here. When `stop`,
/// a descriptor, becomes readable, the work is killed, and nothing is told of that. Throws Error if
/// there can be no process.
Work run_in_child(const std::function<Work(const LineSink&)>& work, int stop, const LineSink& tell);

}  // namespace leases
