// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/arrival_counts.h"

#include <string>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

// As Linux 6.1 writes them, shortened.
const std::string kSnmp =
    "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
    "Tcp: RtoAlgorithm InErrs OutRsts InCsumErrors\nTcp: 1 0 7 5\n"
    "Udp: InDatagrams NoPorts InErrors InCsumErrors IgnoredMulti MemErrors\nUdp: 90 1 40 30 0 0\n"
    "UdpLite: InDatagrams InCsumErrors\nUdpLite: 0 1000\n";
const std::string kSnmp6 = "Udp6InDatagrams                 \t9\nUdp6InCsumErrors                \t200\n";
const std::string kDev =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
    "    lo:     100      10    0    0    0     0          0         0      100      10    0\n"
    "vxlan.calico:    1216      20    0    0    0     0          0         0    95236      21    0\n"
    " tunl0:       0       0    0    0    0     0          0         0        0       0    0\n";

TEST_CASE("wrong checksums of UDP and TCP, of both families, are counted together, and packets by device") {
  const std::optional<ArrivalCounts> counts = ArrivalCountsFrom(kSnmp, kSnmp6, kDev, {"vxlan.calico", "tunl0", "gone"});
  REQUIRE(counts.has_value());
  CHECK(counts->damaged == 235);
  CHECK(counts->received == std::map<std::string, uint64_t>{{"vxlan.calico", 20}, {"tunl0", 0}});
}

TEST_CASE("a node without IPv6, and one whose devices cannot be read, count what is there") {
  CHECK(ArrivalCountsFrom(kSnmp, "", "", {"tunl0"}) == ArrivalCounts{.damaged = 35});
}

TEST_CASE("what does not count wrong checksums is unknown, and no zero") {
  for (const std::string& snmp : {std::string(), std::string("Udp: InDatagrams\nUdp: 90\n"),
                                  kSnmp.substr(0, kSnmp.find("Udp: 90")), std::string("Udp: InCsumErrors\nUdp: x\n")})
    CHECK_FALSE(ArrivalCountsFrom(snmp, kSnmp6, kDev, {}).has_value());
}

}  // namespace
}  // namespace caliwatch
