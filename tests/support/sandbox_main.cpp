#include <doctest/doctest.h>

#include "tests/support/sandbox.h"
#include "tests/support/writer.h"

int main(int argc, char** argv) {
  leases::test::enter_sandbox();
  leases::test::Writer::start();
  return doctest::Context(argc, argv).run();
}
