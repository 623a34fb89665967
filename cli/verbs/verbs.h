#pragma once

#include <sys/types.h>

#include <array>
#include <functional>

#include "cli/command_line/command_line.h"
#include "store/settings.h"

namespace leases::cli {

/// What a verb is run with, besides its own options and arguments.
struct Invocation {
  Settings settings;
  mode_t umask;  ///< the user's; this process has another
};

/// A verb of leasectl: its command line, and its action.
struct Verb {
  Command command;
  /// Called if the command line chose this verb. Returns an ExitCode. Throws Error.
  std::function<int(const Invocation&)> run;
};

/// Prints the leases of some or all networks. kNotFound if a network does not exist.
Verb list_verb(Command leasectl);
/// Prints the leases of a host name (as the NSS module answers it), an IP address, a MAC address or a client
/// identifier.
Verb lookup_verb(Command leasectl);
/// Prints the networks that have or had leases, and whether the index is up to date with their status files.
Verb networks_verb(Command leasectl);
/// Answers many questions from one state of the index, in the order they come. kNotFound if one has no
/// answer.
Verb resolve_verb(Command leasectl);
/// Returns when names have leases and, with --port, accept a TCP connection. kNotFound after --timeout.
Verb wait_verb(Command leasectl);
/// Prints changes of leases as they happen, until nobody reads the output.
Verb watch_verb(Command leasectl);
/// Writes hosts and networks in another program's format.
Verb export_verb(Command leasectl);
/// Makes dnsmasq end leases now, by sending it what their clients would send. kNotFound if there are none, if
/// the words are ambiguous, or if dnsmasq does not end them.
Verb release_verb(Command leasectl);
/// Removes leases that nothing will ever end from our own status files, or whole networks with all their
/// files. Asks no dnsmasq: `release` does. kNotFound if a word matches nothing or is ambiguous, or if the
/// lease comes from another program's file.
Verb forget_verb(Command leasectl);
/// Removes the ssh keys of addresses and names that have changed hands.
Verb known_hosts_verb(Command leasectl);
/// `take` and `give`: switches between dnsmasq's own lease file and leasefile-ro, without dnsmasq losing a
/// lease. kNotFound if a running dnsmasq would prevent that. `status`: where their leases are now; kNotFound
/// if the helper alone has those of a dnsmasq.
Verb lease_file_verb(Command leasectl);
/// Brings the index up to date with the files that have changed, once or until a signal.
Verb import_verb(Command leasectl);
/// Makes the index again from the status files.
Verb rebuild_verb(Command leasectl);
/// Prints the index decoded, for debugging. Throws Error if the file is not an index.
Verb dump_verb(Command leasectl);
/// Says why a name does not resolve. kNotFound if there is a problem.
Verb check_verb(Command leasectl);
/// Puts our helper in the place of libvirt's, or libvirt's back.
Verb libvirt_helper_verb(Command leasectl);
/// Ends the leases of each libvirt domain that stops, by a hook of libvirt's.
Verb libvirt_hook_verb(Command leasectl);

/// Every verb, in the order of the help. A new one is a file, its declaration above, and a row here.
inline constexpr std::array kVerbs{
    list_verb,    lookup_verb,  networks_verb, resolve_verb,        wait_verb,         watch_verb,
    export_verb,  release_verb, forget_verb,   known_hosts_verb,    lease_file_verb,   import_verb,
    rebuild_verb, dump_verb,    check_verb,    libvirt_helper_verb, libvirt_hook_verb,
};

}  // namespace leases::cli
