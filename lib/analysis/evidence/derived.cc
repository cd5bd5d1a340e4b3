// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/derived.h"

#include <utility>

namespace caliwatch {
namespace {

// Of whatever is made of tables that all have to be read.
template <class Result, class... Inputs, class Make>
absl::StatusOr<Result> From(const Make& make, const absl::StatusOr<Inputs>&... inputs) {
  if (absl::Status unread = FirstError({inputs.status()...}); !unread.ok()) return unread;
  return make(*inputs...);
}

template <class Result, class... Inputs>
absl::StatusOr<Result> Made(const absl::StatusOr<Inputs>&... inputs) {
  return From<Result>([](const Inputs&... values) { return Result(values...); }, inputs...);
}

}  // namespace

absl::Status FirstError(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses)
    if (!status.ok()) return status;
  return absl::OkStatus();
}

Derived Derive(const Snapshot& snapshot) {
  DerivedOfRoutes nothing;
  return Derive(snapshot, nothing);
}

Derived Derive(const Snapshot& node, DerivedOfRoutes& kept) {
  auto host_routes = Made<HostRoutes>(node.routes);
  auto wanted = WantedWorkloadsOf(node.endpoints, node.links);
  auto workloads = WorkloadsOf(node.endpoints, wanted, node.links, node.routes);
  auto files = EndpointFilesOf(node.endpoints, node.links, host_routes);
  const auto* endpoints = node.endpoints.ok() ? &*node.endpoints : nullptr;
  const auto* addresses = node.addresses.ok() ? &*node.addresses : nullptr;
  auto duplicates = From<DuplicateNeighbors>(
      [&](const auto& neighbors, const auto& links, const auto&) {
        return DuplicateNeighborsOf(neighbors, links, *host_routes, addresses);
      },
      node.neighbors, node.links, node.routes);
  auto gateways =
      From<PodGateways>([&](const auto& pods, const auto& links) { return PodGatewaysOf(pods, links, endpoints); },
                        node.pods, node.links);
  auto encapsulation = From<Encapsulation>(
      [&](const auto& links, const auto& routes) {
        return EncapsulationOf(links, routes, node.calico_mtu.ok() ? &*node.calico_mtu : nullptr);
      },
      node.links, node.routes);
  // Without the file, pods' interfaces tell; where it is and cannot be read, they may say something else.
  if (!node.calico_mtu.ok() && !absl::IsNotFound(node.calico_mtu.status())) encapsulation = node.calico_mtu.status();
  auto answering = From<WorkloadNeighbors>(
      [](const auto& links, const auto& neighbors) { return WorkloadNeighbors(neighbors, links); }, node.links,
      node.neighbors);
  auto local = Made<LocalBlocks>(node.routes);
  auto routeless = RoutelessWorkloadsOf(node, wanted, host_routes, local, answering);
  return {Made<LinkIndex>(node.links),
          std::move(host_routes),
          std::move(local),
          std::move(answering),
          std::move(wanted),
          std::move(workloads),
          WorkloadOwners(node.endpoints),
          std::move(duplicates),
          From<VxlanPaths>(VxlanPathsOf, node.routes, node.links, node.neighbors),
          std::move(gateways),
          SessionsOf(node),
          RemoteNodesOf(node, kept.ways),
          std::move(files),
          std::move(encapsulation),
          std::move(routeless),
          From<RouteTally>(
              [&](const auto& routes) { return kept.tally.Get(node.routes_edition, [&] { return TallyOf(routes); }); },
              node.routes)};
}

}  // namespace caliwatch
