// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/derived.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

template <class Result>
absl::Status StatusOf(const Derived& derived) {
  return std::get<absl::StatusOr<Result>>(derived).status();
}

TEST_CASE("of a node whose tables were all read, all results are there") {
  Snapshot node = HealthyNode();
  node.pods = std::vector<PodNetwork>{};
  const Derived derived = Derive(node);
  std::apply([](const auto&... results) { (CHECK(results.status() == absl::OkStatus()), ...); }, derived);
}

TEST_CASE("a result lacks what it is made of: of several tables, the first that it needs") {
  Snapshot node = HealthyNode();
  const absl::Status links = absl::UnavailableError("links"), routes = absl::UnavailableError("routes");
  node.links = links;
  node.routes = routes;
  const Derived derived = Derive(node);
  CHECK(StatusOf<LinkIndex>(derived) == links);
  CHECK(StatusOf<HostRoutes>(derived) == routes);
  CHECK(StatusOf<VxlanPaths>(derived) == routes);
  CHECK(StatusOf<WorkloadNeighbors>(derived) == links);
  CHECK(StatusOf<WantedWorkloads>(derived) == links);
  CHECK(StatusOf<Sessions>(derived) == absl::OkStatus());
}

TEST_CASE("a BIRD that does not answer has no sessions, and its peers no diagnosis") {
  Snapshot node = HealthyNode();
  CHECK(std::get<absl::StatusOr<Sessions>>(Derive(node))->each[0].size() == 2);
  node.birds[Family::kIpv4].status = absl::UnavailableError("silent");
  CHECK(std::get<absl::StatusOr<Sessions>>(Derive(node))->each[0].empty());
}

}  // namespace
}  // namespace caliwatch
