// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/node_workloads.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/strip.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

struct Rows {
  std::map<std::pair<IpAddress, std::string>, UsedAddress> by_address;
  size_t unlisted = 0;  // an address that two tables have counts twice
};

// What each table can say of a row that another one brought. Null: there is no room for one more. Thousands of stray
// routes must not cost memory in each poll.
UsedAddress* RowOf(Rows& rows, const Snapshot& seen, const IpAddress& address, const std::string& interface) {
  std::pair key(address, interface);
  if (rows.by_address.size() == NodeWorkloads::kMost && !rows.by_address.contains(key)) {
    ++rows.unlisted;
    return nullptr;
  }
  const auto [row, is_new] = rows.by_address.try_emplace(std::move(key));
  if (is_new) {
    const auto unless_unread = [](bool read) { return read ? std::optional(false) : std::nullopt; };
    row->second = {.address = address,
                   .interface = interface,
                   .has_route = unless_unread(seen.routes.ok()),
                   .has_endpoint = unless_unread(seen.endpoints.ok()),
                   .has_neighbor = unless_unread(seen.neighbors.ok())};
  }
  return &row->second;
}

// First of all: what runs here has its place, whatever else there is.
void TakeEndpoints(const Snapshot& seen, Rows& rows) {
  if (!seen.endpoints.ok()) return;
  absl::flat_hash_set<absl::string_view> present;
  for (const Link& link : *seen.links) present.insert(link.name);
  for (const Endpoint& endpoint : *seen.endpoints)
    for (const Prefix& prefix : endpoint.prefixes) {
      if (!prefix.IsSingleAddress()) continue;
      UsedAddress* row = RowOf(rows, seen, prefix.address, endpoint.interface);
      if (row == nullptr) continue;
      row->owner = OwnerName(endpoint);
      row->has_endpoint = true;
      row->interface_is_there = present.contains(endpoint.interface);
    }
}

void TakeRoutes(const Snapshot& seen, const LinkIndex& links, Rows& rows) {
  if (!seen.routes.ok()) return;
  for (const Route& route : *seen.routes) {
    if (!IsWorkloadRoute(route, links)) continue;
    UsedAddress* row = RowOf(rows, seen, route.destination.address, links.NameOf(route.link));
    if (row == nullptr) continue;
    row->has_route = true;
    row->interface_is_there = true;
  }
}

// Link-local ones are the veths' own, and the gateway's that all pods share.
void TakeNeighbors(const Snapshot& seen, const LinkIndex& links, Rows& rows) {
  if (!seen.neighbors.ok()) return;
  for (const Neighbor& neighbor : *seen.neighbors) {
    if (!neighbor.IsUsable() || neighbor.address.IsLinkLocal()) continue;
    if (!links.HasRole(neighbor.link, LinkRole::kWorkload)) continue;
    UsedAddress* row = RowOf(rows, seen, neighbor.address, links.NameOf(neighbor.link));
    if (row == nullptr) continue;
    row->has_neighbor = true;
    row->interface_is_there = true;
  }
}

// Whose the interface is by another of its addresses: a route or neighbor entry alone has no name.
void NameOwners(const Snapshot& seen, Rows& rows) {
  const WorkloadOwners owners(seen.endpoints);
  for (auto& [key, row] : rows.by_address) {
    const auto owner = owners.by_interface.find(row.interface);
    if (row.owner.empty() && owner != owners.by_interface.end()) row.owner = owner->second;
  }
}

Table<OwnAddress> OwnAddressesOf(const Snapshot& seen, size_t& unlisted) {
  if (!seen.links.ok()) return seen.links.status();
  if (!seen.addresses.ok()) return seen.addresses.status();
  const LinkIndex links(*seen.links);
  std::vector<OwnAddress> own;
  for (const Address& address : *seen.addresses) {
    if (links.HasRole(address.link, LinkRole::kWorkload) || address.address.IsLinkLocal()) continue;
    if (own.size() == NodeWorkloads::kMost)
      ++unlisted;
    else
      own.push_back({address.address, links.NameOf(address.link), links.HasRole(address.link, LinkRole::kTunnel)});
  }
  return own;
}

absl::StatusOr<std::vector<Prefix>> BlocksOf(const Snapshot& seen) {
  if (!seen.routes.ok()) return seen.routes.status();
  return LocalBlocks(*seen.routes).blocks;
}

// Without the kernel's links nobody knows which interfaces are workloads'.
absl::StatusOr<Rows> RowsOf(const Snapshot& seen) {
  if (!seen.links.ok()) return seen.links.status();
  const bool has_files = seen.endpoints.ok();
  if (!has_files && !seen.routes.ok()) return seen.routes.status();
  Rows rows;
  const LinkIndex links(*seen.links);
  TakeEndpoints(seen, rows);
  TakeRoutes(seen, links, rows);
  TakeNeighbors(seen, links, rows);
  NameOwners(seen, rows);
  return rows;
}

}  // namespace

absl::string_view PodOf(const UsedAddress& used) {
  absl::string_view owner = used.owner;
  return absl::ConsumePrefix(&owner, "pod ") ? owner : "";
}

NodeWorkloads NodeWorkloadsHistory::Follow(const Snapshot& seen) {
  if (!began_) began_ = seen.boot_time;
  NodeWorkloads result{.taken_at = seen.taken_at,
                       .node_name = seen.node_name,
                       .observed = seen.boot_time - *began_,
                       .links = seen.links.status(),
                       .routes = seen.routes.status(),
                       .neighbors = seen.neighbors.status(),
                       .addresses = seen.addresses.status(),
                       .endpoint_status = seen.endpoints.status(),
                       .blocks = BlocksOf(seen)};
  result.own_addresses = OwnAddressesOf(seen, result.unlisted);
  absl::StatusOr<Rows> rows = RowsOf(seen);
  if (!rows.ok()) {
    result.workloads = rows.status();
    return result;  // a poll that read nothing makes nothing young again
  }
  result.workloads.emplace();
  result.workloads->reserve(rows->by_address.size());
  result.unlisted += rows->unlisted;
  std::map<Key, BootTime> since;
  for (auto& [key, row] : rows->by_address) {
    const Key known{row.address, row.interface, row.owner};
    const auto before = since_.find(known);
    const BootTime begin = before != since_.end() ? before->second : seen.boot_time;
    row.unchanged = seen.boot_time - begin;
    since.emplace(known, begin);
    result.workloads->push_back(std::move(row));
  }
  since_ = std::move(since);
  return result;
}

}  // namespace caliwatch
