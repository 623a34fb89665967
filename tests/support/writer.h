#pragma once

#include <string>
#include <vector>

#include "store/transaction.h"
#include "tests/support/lab.h"

namespace leases::test {

/// The process that changes the store for the tests: one of its own, as in life, and because a transaction
/// drops privileges that the tests need.
class Writer {
 public:
  enum class Verb : char {
    lease = 'l',          ///< each of the hosts, one after the other
    end = 'e',            ///< the leases of these addresses and networks
    replace_index = 'r',  ///< by a new file with the same leases
    replace_leases = 'R'  ///< by a new file with these leases and no others
  };

  /// Starts the process. To be called while this one has no threads.
  static void start();
  /// Returns when it has been done. One thread at a time.
  static void run(Verb verb, const std::vector<Host>& hosts);
};

/// A transaction in this process, with the default settings.
StoreTransaction open_store();

/// The texts of the lease are the host's.
Lease lease_of(const Host& host);

}  // namespace leases::test
