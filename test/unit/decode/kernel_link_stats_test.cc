// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

TEST_CASE("a link's counters are taken from kernels that count less or more than ours") {
  if_stats_msg header{};
  header.ifindex = 7;
  std::array<uint64_t, 40> counters{};  // the fields of struct rtnl_link_stats64, which has only ever grown at its end
  for (size_t i = 0; i < counters.size(); ++i) counters[i] = 100 + i;
  LinkStats expected;
  expected.link = 7;
  expected.received_packets = 100;
  expected.sent_packets = 101;
  expected.received_bytes = 102;
  expected.sent_bytes = 103;
  expected.receive_errors = 104;
  expected.send_errors = 105;
  expected.receive_drops = 106;
  expected.send_drops = 107;
  expected.carrier_errors = 117;
  for (const size_t fields : {23, 24, 25, 40}) {
    NetlinkMessage message(RTM_NEWSTATS, header);
    message.PutBytes(IFLA_STATS_LINK_64, counters.data(), fields * sizeof counters[0]);
    CHECK(Decoded<LinkStats>(message) == std::vector<LinkStats>{expected});
  }
}

TEST_CASE("what is wrong with a link's counters is named, and other messages are left out") {
  CHECK(
      Says(ErrorOf<LinkStats>(NetlinkMessage(RTM_NEWSTATS, 0)), "RTM_NEWSTATS: its header has 4 bytes instead of 12"));
  CHECK(Says(ErrorOf<LinkStats>(NetlinkMessage(RTM_NEWSTATS, if_stats_msg{})), "it has no IFLA_STATS_LINK_64"));
  CHECK(Says(ErrorOf<LinkStats>(NetlinkMessage(RTM_NEWSTATS, if_stats_msg{}).Put(IFLA_STATS_LINK_64, uint64_t{1})),
             "IFLA_STATS_LINK_64 is too short"));
  CHECK(Decoded<LinkStats>(NetlinkMessage(RTM_NEWLINK, ifinfomsg{})).empty());
}

}  // namespace
}  // namespace caliwatch
