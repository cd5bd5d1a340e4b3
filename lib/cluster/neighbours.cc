// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/neighbours.h"

#include <set>

namespace caliwatch {

std::vector<IpAddress> NeighboursOf(const NodeDocument& node) {
  PerFamily<std::set<IpAddress>> found;
  const auto add = [&](const std::optional<IpAddress>& address) {
    if (address && !address->IsLinkLocal() && !address->IsUnspecified()) found[address->family].insert(*address);
  };
  for (const ToldNode& other : node.others.value_or(std::vector<ToldNode>())) add(other.address);
  for (const ToldSession& session : node.sessions)
    if (session.kind == "mesh") add(session.peer);
  const bool has_ipv4 =
      !found[Family::kIpv4].empty() || (found[Family::kIpv6].empty() && node.address[Family::kIpv4].has_value());
  const Family family = has_ipv4 ? Family::kIpv4 : Family::kIpv6;
  if (node.address[family]) found[family].insert(*node.address[family]);
  return {found[family].begin(), found[family].end()};
}

}  // namespace caliwatch
