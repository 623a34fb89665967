#include "cli/complaint.h"

#include <iostream>

#include "helper/escaped_text.h"

namespace leases::cli {

void complain(std::string_view line) {
  std::cerr << "leasectl: " << one_line(line) << '\n';
}

}  // namespace leases::cli
