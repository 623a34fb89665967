#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/index_layout.h"
#include "dnsmasq/processes.h"
#include "import/source_list.h"

namespace leases {

/// Whether the files that an import looks at, several times if necessary, rest: that their writers have
/// finished.
///
/// dnsmasq rewrites its file in place: ftruncate, print, fsync. In between, the file is empty or lacks
/// leases, and no length of time proves that it is finished: the machine may be busy, the disk slow, the
/// process stopped. The file does not show it either; dnsmasq keeps it open all the time. But while dnsmasq
/// writes, it waits only for the disk or a processor, and it waits for packets as soon as it is done. So if
/// no dnsmasq is running, stopped or waiting for a disk, and the file is the same before and after that look,
/// then no dnsmasq is in the middle of writing it. One that runs all the time, for DNS, is done when it has
/// used more processor time than it takes to print to the file, which would have grown by then.
///
/// A file of another writer rests when it has been the same for a moment; so does a file of a dnsmasq that
/// cannot be seen, on another host or outside of the import's container. After a look at all dnsmasqs the
/// moment is shorter, but not zero: the writer may be another program. It is as short for JSON, which
/// libvirt's programs write elsewhere and then rename.
class SourceRest {
 public:
  /// Looks at all dnsmasqs. Call this once after each look at files, before rests().
  void look_at_writers() { processes_ = dnsmasq_processes(); }
  /// For a file in which less was found than was known. `stamp` is what the latest look found.
  bool rests(const SourceFile& file, const layout::FileStamp& stamp);

 private:
  using Clock = std::chrono::steady_clock;

  /// A stamp, the time of the first look that found it, and who has been at work since then.
  struct Seen {
    layout::FileStamp stamp{};
    Clock::time_point since;
    /// The processor time of each process at first. A process that was at rest since then is not in it.
    std::map<pid_t, std::uint64_t> at_work;
  };
  void note_writers(Seen& seen, bool is_first) const;

  std::vector<DnsmasqProcess> processes_;  ///< at the latest look
  std::map<std::string, Seen> seen_;
};

}  // namespace leases
