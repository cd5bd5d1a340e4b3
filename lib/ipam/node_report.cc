// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/node_report.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

using Rows = std::map<std::pair<IpAddress, std::string>, NodeAddress>;

NodeAddress& RowOf(Rows& rows, const IpAddress& address, const std::string& interface) {
  NodeAddress& row = rows[{address, interface}];
  row.address = address;
  row.interface = interface;
  return row;
}

void TakeEndpoints(const Snapshot& seen, Rows& rows) {
  for (const Endpoint& endpoint : *seen.endpoints)
    for (const Prefix& prefix : endpoint.prefixes) {
      if (!prefix.IsSingleAddress()) continue;
      NodeAddress& row = RowOf(rows, prefix.address, endpoint.interface);
      row.in_endpoint_status = true;
      if (endpoint.orchestrator == "k8s") row.pod = endpoint.workload;
      const auto has_its_name = [&](const Link& link) { return link.name == endpoint.interface; };
      row.interface_is_there = std::any_of(seen.links->begin(), seen.links->end(), has_its_name);
    }
}

// Link-local ones are the veths' own, and the gateway's that all pods share.
void TakeNeighbors(const Snapshot& seen, const LinkIndex& links, Rows& rows) {
  for (const Neighbor& neighbor : *seen.neighbors)
    if (neighbor.IsUsable() && !neighbor.address.IsLinkLocal() && links.HasRole(neighbor.link, LinkRole::kWorkload))
      RowOf(rows, neighbor.address, links.NameOf(neighbor.link)).in_neighbors = true;
}

void TakeOwnAddresses(const Snapshot& seen, const LinkIndex& links, NodeReport& report) {
  for (const Address& own : *seen.addresses)
    if (!links.HasRole(own.link, LinkRole::kWorkload) && !own.address.IsLinkLocal())
      report.own_addresses.push_back(own.address);
  std::sort(report.own_addresses.begin(), report.own_addresses.end());
}

// By another of its addresses: a route or a neighbor entry has no name.
void NamePods(Rows& rows) {
  std::map<std::string, std::string> pods;
  for (const auto& [key, row] : rows)
    if (!row.pod.empty()) pods[row.interface] = row.pod;
  for (auto& [key, row] : rows)
    if (const auto pod = pods.find(row.interface); row.pod.empty() && pod != pods.end()) row.pod = pod->second;
}

}  // namespace

absl::StatusOr<NodeReport> NodeReportFrom(const Snapshot& seen) {
  if (!seen.node_name.ok()) return seen.node_name.status();
  NodeReport report{.node = *seen.node_name,
                    .read_at = seen.taken_at,
                    .kernel = seen.links.status(),
                    .endpoint_status = seen.endpoints.status(),
                    .addresses = {}};
  for (const absl::Status& status : {seen.routes.status(), seen.neighbors.status(), seen.addresses.status()})
    report.kernel.Update(status);
  if (!seen.links.ok()) return report;
  Rows rows;
  const LinkIndex links(*seen.links);
  if (seen.endpoints.ok()) TakeEndpoints(seen, rows);
  if (seen.routes.ok()) {
    for (const Route& route : *seen.routes)
      if (IsWorkloadRoute(route, links))
        RowOf(rows, route.destination.address, links.NameOf(route.link)).in_routes = true;
    report.local_blocks = LocalBlocks(*seen.routes).blocks;
    std::sort(report.local_blocks->begin(), report.local_blocks->end());
  }
  if (seen.neighbors.ok()) TakeNeighbors(seen, links, rows);
  if (seen.addresses.ok()) TakeOwnAddresses(seen, links, report);
  NamePods(rows);
  for (auto& [key, row] : rows) report.addresses.push_back(std::move(row));
  return report;
}

}  // namespace caliwatch
