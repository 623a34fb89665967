#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/children.h"
#include "tests/support/installed_store.h"

namespace leases::test {

/// A call of the helper as dnsmasq makes it, or of another program, and its whole environment.
struct Call {
  std::vector<std::string> command;
  std::vector<std::string> environment;
};

Call add(const Host& host);
Call old(const Host& host);
Call del(const std::string& address, const std::string& network = "br0");
Call init(const std::string& network = "");
Call rebuild();
Call import();

/// Leases as a text, a line each, sorted: equal texts are equal leases. What is refused is written with a
/// question mark.
using State = std::string;
State state_of(const std::vector<Host>& hosts);

/// The leases of the status files. "damaged: …" if one of them is not whole.
State state_of_status_files();
/// The same, with the files that were put aside because something was wrong with them.
State state_of_everything_kept();
/// What the index says; "none" if there is no index, "damaged" if it cannot be read.
State state_of_index();

/// Runs the command unchanged. Returns its exit status and output.
Finished run(const Call& call);

/// Removes everything, other programs' files too, and makes the store again with these leases: the first ones
/// in the index's snapshot, the later ones in an overlay.
void make_world(const std::vector<Host>& snapshot, const std::vector<Host>& later = {});

}  // namespace leases::test
