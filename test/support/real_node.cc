// SPDX-License-Identifier: Apache-2.0
#include "test/support/real_node.h"

#include <linux/fib_rules.h>

#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {

Snapshot RealNode(const std::string& recording) {
  RecordedNode node(CALIWATCH_SOURCE_DIR "/test/recordings/calico/" + recording);
  const absl::Time at = node.TakenAt().value();
  return *ReadSnapshot(node, [&] { return at; });
}

Rule LookUp(uint32_t priority, uint32_t table) {
  Rule rule;
  rule.priority = priority;
  rule.table = table;
  rule.action = FR_ACT_TO_TBL;
  return rule;
}

void SwitchOff(Snapshot& node, absl::string_view device) {
  Link& link = LinkNamed(node, device);
  link.up = link.running = false;
  std::erase_if(*node.routes, [&](const Route& route) { return route.link == link.index; });
}

void Remove(Snapshot& node, absl::string_view device) {
  const int index = LinkNamed(node, device).index;
  const auto is_on_it = [&](const auto& row) { return row.link == index; };
  std::erase_if(*node.routes, is_on_it);
  std::erase_if(*node.addresses, is_on_it);
  std::erase_if(*node.neighbors, is_on_it);
  std::erase_if(*node.fdb, is_on_it);
  std::erase_if(*node.links, [&](const Link& link) { return link.index == index; });
}

void TakeAddress(Snapshot& node, absl::string_view device) {
  const int index = LinkNamed(node, device).index;
  std::erase_if(*node.addresses, [&](const Address& row) { return row.link == index && !row.address.IsLinkLocal(); });
  std::erase_if(*node.routes, [&](const Route& row) { return row.link == index && row.family() == Family::kIpv4; });
}

}  // namespace caliwatch
