#pragma once

#include <string>
#include <vector>

#include "import/parsed_file.h"

namespace leases::test {

using Said = std::vector<std::string>;

/// What a log says: "ADDRESS NAME" of each lease, and "-ADDRESS" of each address that is not leased.
inline Said said(const ParsedFile& file) {
  Said texts;
  for (const Lease& lease : file.leases)
    texts.push_back(std::string(IpText(lease.address).view()) + ' ' + std::string(lease.hostname));
  for (const IpAddress& address : file.ended) texts.push_back('-' + std::string(IpText(address).view()));
  return texts;
}

}  // namespace leases::test
