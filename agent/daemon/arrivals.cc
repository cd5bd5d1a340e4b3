// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/arrivals.h"

#include "lib/decode/arrival_counts.h"
#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

// Empty where it cannot be read. A line of some 120 bytes for each of 10,000 interfaces is more than any node has.
std::string TextOf(const std::string& path) { return ReadRegularFile(path, 2 << 20).value_or(""); }

}  // namespace

std::optional<ArrivalCounts> CountArrivals(const std::string& proc, const std::vector<std::string>& devices) {
  const std::string net = proc + "/self/net/";
  return ArrivalCountsFrom(TextOf(net + "snmp"), TextOf(net + "snmp6"), TextOf(net + "dev"), devices);
}

}  // namespace caliwatch
