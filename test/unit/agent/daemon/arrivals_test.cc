// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/arrivals.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("this machine's kernel counts what arrives, by the devices that are asked for") {
  const std::optional<ArrivalCounts> counts = CountArrivals("/proc", {"lo", "there.is.none"});
  REQUIRE(counts.has_value());
  CHECK(counts->received.size() == 1);
  CHECK(counts->received.contains("lo"));
}

TEST_CASE("where nothing can be read, nothing is known") { CHECK_FALSE(CountArrivals("/nowhere", {"lo"}).has_value()); }

}  // namespace
}  // namespace caliwatch
