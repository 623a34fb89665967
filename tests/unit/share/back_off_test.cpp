#include "share/back_off.h"

#include <doctest/doctest.h>

#include <chrono>
#include <set>

namespace leases::test {

using namespace leases::share;
using std::chrono::milliseconds;

TEST_SUITE_BEGIN("back_off");

TEST_CASE("it grows up to the longest, and is between half of that and all of it") {
  BackOff back_off(milliseconds(100), milliseconds(1000));
  for (const int most : {100, 200, 400, 800, 1000, 1000}) {
    const milliseconds time = back_off.next();
    CHECK(time >= milliseconds(most / 2));
    CHECK(time <= milliseconds(most));
  }
}

TEST_CASE("after a success it is short again") {
  BackOff back_off(milliseconds(100), milliseconds(1000));
  for (int i = 0; i < 5; ++i) back_off.next();
  back_off.reset();
  CHECK(back_off.next() <= milliseconds(100));
}

TEST_CASE("hosts that began to wait at the same moment do not end alike") {
  std::set<milliseconds> times;
  for (int host = 0; host < 50; ++host) times.insert(BackOff(milliseconds(1000)).next());
  CHECK(times.size() > 10);
}

TEST_SUITE_END();

}  // namespace leases::test
