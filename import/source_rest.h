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

/// Whether the files that an import looks at, several times if need be, rest: that what is in them is what
/// their writers wanted to leave there.
///
/// dnsmasq rewrites its file in place: ftruncate, print, fsync. In between the file is empty or lacks leases,
/// and no length of time proves that this is over: the machine may be busy, the disk slow, the process
/// stopped. The file does not tell either; dnsmasq keeps it open all the time. But in between dnsmasq never
/// waits for anything but the disk or a processor, and it waits for packets as soon as it is done. So if no
/// dnsmasq is running, stopped or waiting for a disk, and the file is the same before and after that look,
/// then no dnsmasq is in the middle of it. One that runs all the time, for DNS, is done when it has used more
/// time of a processor than it takes to print to the file, which then would have grown.
///
/// What others write is believed when it has been the same for a moment. So is what dnsmasq writes where it
/// cannot be seen: on another host, or outside of the container that the import runs in. After a look at all
/// dnsmasqs the moment is shorter, but not nothing: the writer may be another program. So it is for JSON,
/// which libvirt's programs write elsewhere and then rename.
class SourceRest {
 public:
  /// Looks at all dnsmasqs. To be called after each look at files, before rests() is asked of them: however
  /// many there are, the processes are looked through once.
  void look_at_writers() { processes_ = dnsmasq_processes(); }
  /// Of a file that less was found in than was known. `stamp` is what the latest look found.
  bool rests(const SourceFile& file, const layout::FileStamp& stamp);

 private:
  using Clock = std::chrono::steady_clock;

  /// A stamp, the time of the first look that found it, and who was at work since then.
  struct Seen {
    layout::FileStamp stamp{};
    Clock::time_point since;
    /// What each process had used at first; nothing that counts once it was at rest.
    std::map<pid_t, std::uint64_t> at_work;
  };
  void note_writers(Seen& seen, bool is_first) const;

  std::vector<DnsmasqProcess> processes_;  ///< at the latest look
  std::map<std::string, Seen> seen_;
};

}  // namespace leases
