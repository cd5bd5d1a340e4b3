// SPDX-License-Identifier: Apache-2.0
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

fib_rule_hdr Header(uint8_t family = AF_INET) {
  fib_rule_hdr header{};
  header.family = family;
  header.table = RT_TABLE_MAIN;
  header.action = FR_ACT_TO_TBL;
  return header;
}

TEST_CASE("WireGuard's rule of Calico asks a table of its own for all that does not bear the mark") {
  fib_rule_hdr header = Header();
  header.flags = FIB_RULE_INVERT;
  NetlinkMessage message(RTM_NEWRULE, header);
  message.Put(FRA_PRIORITY, 99).Put(FRA_TABLE, 1000).Put(FRA_FWMARK, 0x100000).Put(FRA_FWMASK, 0x100000);
  message.Put(FRA_PROTOCOL, uint8_t{3}).Put(FRA_SUPPRESS_PREFIXLEN, UINT32_MAX);
  Rule expected;
  expected.priority = 99;
  expected.table = 1000;
  expected.action = FR_ACT_TO_TBL;
  expected.inverted = true;
  expected.mark = expected.mask = 0x100000;
  expected.protocol = 3;
  CHECK(Decoded<Rule>(message) == std::vector<Rule>{expected});
}

TEST_CASE("a rule has the packets that it is for, and which routes it passes over") {
  fib_rule_hdr header = Header(AF_INET6);
  header.src_len = 64;
  header.dst_len = 128;
  NetlinkMessage message(RTM_NEWRULE, header);
  message.PutAddress(FRA_SRC, "fd00:65::").PutAddress(FRA_DST, "fd00::1").Put(FRA_SUPPRESS_PREFIXLEN, 0);
  message.PutText(FRA_IIFNAME, "cali0").PutText(FRA_OIFNAME, "eth0");
  const Rule rule = Decoded<Rule>(message)[0];
  CHECK(rule.family == Family::kIpv6);
  CHECK(rule.table == RT_TABLE_MAIN);
  CHECK(rule.from == *Prefix::Parse("fd00:65::/64"));
  CHECK(rule.to == *Prefix::Parse("fd00::1"));
  CHECK(rule.input_interface == "cali0");
  CHECK(rule.output_interface == "eth0");
  CHECK(rule.shortest_prefix == 0u);
}

TEST_CASE("rules of other families, and other messages, are left out") {
  CHECK(Decoded<Rule>(NetlinkMessage(RTM_NEWRULE, Header(128))).empty());
  CHECK(Decoded<Rule>(NetlinkMessage(RTM_DELRULE, Header())).empty());
}

TEST_CASE("what is wrong with a rule is named") {
  CHECK(Says(ErrorOf<Rule>(NetlinkMessage(RTM_NEWRULE, 0)), "RTM_NEWRULE: its header has 4 bytes instead of 12"));
  for (const auto& [type, name] : {std::pair(FRA_PRIORITY, "FRA_PRIORITY"),
                                   {FRA_TABLE, "FRA_TABLE"},
                                   {FRA_FWMARK, "FRA_FWMARK"},
                                   {FRA_FWMASK, "FRA_FWMASK"},
                                   {FRA_SRC, "FRA_SRC"},
                                   {FRA_DST, "FRA_DST"},
                                   {FRA_SUPPRESS_PREFIXLEN, "FRA_SUPPRESS_PREFIXLEN"}})
    CHECK(Says(ErrorOf<Rule>(NetlinkMessage(RTM_NEWRULE, Header()).PutText(type, "123")),
               std::string(name) + " has 3 bytes instead of 4"));
  fib_rule_hdr header = Header();
  header.src_len = 33;
  CHECK(Says(ErrorOf<Rule>(NetlinkMessage(RTM_NEWRULE, header).PutAddress(FRA_SRC, "10.65.0.0")),
             "a prefix length is too long"));
}

}  // namespace
}  // namespace caliwatch
