#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/lease.h"
#include "store/fingerprint.h"

namespace leases {

inline constexpr std::string_view kStandardHosts = "/etc/hosts";

/// What will be asked. The narrower the question, the less is read.
struct HostsQuestion {
  std::optional<std::string_view> name{};  ///< the only host name, as a lease has it; nothing: any
  std::string configuration{};  ///< of the dnsmasq whose leases it is about: of libvirt's networks, if it is
                                ///< that of one, no other counts
};

/// Names that files give to addresses permanently, as of when they were read: files in the format of
/// hosts(5), and the entries of libvirt's networks (`<dns><host>`, `<dhcp><host>`). dnsmasq's DNS does not
/// give such a name to a client with another address.
class HostsNames {
 public:
  /// Reads the files, and of a directory all files in it, as dnsmasq's addn-hosts does; then, unless it is
  /// empty, what is in libvirt's directory. What cannot be read has no names. May wait for the disk, so do
  /// not hold the store's lock.
  HostsNames(const std::vector<std::string>& paths, const std::string& libvirt_directory,
             const HostsQuestion& question = {});

  /// Why a lease cannot have its host name, as the end of a sentence that begins with the name; nothing if it
  /// can. It cannot if a file gives the name, alone or with the lease's domain or network, to another address
  /// of the same family and no file gives it to the lease's address; or if libvirt reserves it for another
  /// client. The entries of a libvirt network count only in that network.
  [[nodiscard]] std::optional<std::string> refusal(const Lease& lease) const;

  /// Adds all that refusal() depends on.
  void add_to(Fingerprint& fingerprint) const;

  /// Files that are named but could not be read, a line each.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct File {
    std::string path;
    std::optional<std::string> network;  ///< whose leases it is for; nothing: everybody's
    bool reserves = false;               ///< dhcp-host lines, not those of hosts(5)
    std::string text;
  };
  /// A label in a line, in a chain of those with the same hash: the position of the next and 1, or 0.
  struct Entry {
    const File* file;
    std::string_view line;
    std::uint32_t next;
  };
  struct Line {
    const File* file;
    std::string_view text;
  };

  void read_named(const std::string& path, bool may_be_directory);
  void read_libvirts(const std::string& path, const std::string& configuration);
  void build_index();
  [[nodiscard]] std::vector<Line> lines_near(std::string_view label, std::string_view network) const;
  [[nodiscard]] static std::optional<std::string> holder(const std::vector<Line>& lines, const Lease& lease,
                                                         const std::string& name);
  [[nodiscard]] static std::optional<std::string> reserver(const std::vector<Line>& lines, const Lease& lease,
                                                           std::string_view label);

  std::string label_;  ///< empty: any
  std::vector<std::unique_ptr<const File>> files_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> buckets_;  ///< the first of each chain, as Entry::next
  std::vector<std::string> problems_;
};

}  // namespace leases
