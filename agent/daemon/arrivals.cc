// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/arrivals.h"

#include <fstream>
#include <iterator>

#include "lib/decode/arrival_counts.h"

namespace caliwatch {
namespace {

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::optional<ArrivalCounts> CountArrivals(const std::string& proc, const std::vector<std::string>& devices) {
  const std::string net = proc + "/self/net/";
  return ArrivalCountsFrom(TextOf(net + "snmp"), TextOf(net + "snmp6"), TextOf(net + "dev"), devices);
}

}  // namespace caliwatch
