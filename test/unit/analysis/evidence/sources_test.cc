// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/sources.h"

#include <algorithm>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

void Set(Snapshot& node, absl::string_view source, const absl::Status& status) {
  for (SourceReading& reading : node.sources)
    if (reading.name == source) reading.status = status;
}

const SourceStatus* Find(const Sources& sources, absl::string_view name) {
  const auto found = std::find_if(sources.readings.begin(), sources.readings.end(),
                                  [&](const SourceStatus& reading) { return reading.name == name; });
  return found == sources.readings.end() ? nullptr : &*found;
}

TEST_CASE("a source that this node never had does not apply to it; one that it had and lost has failed") {
  SourceHistory history;
  Snapshot node = HealthyNode();
  Set(node, "endpoint_status", absl::NotFoundError("no such folder"));
  CHECK(Find(FollowSources(history, node), "endpoint_status") == nullptr);
  Set(node, "endpoint_status", absl::OkStatus());
  CHECK(Find(FollowSources(history, node), "endpoint_status")->last_good == node.taken_at);
  Set(node, "endpoint_status", absl::NotFoundError("no such folder"));
  REQUIRE(Find(FollowSources(history, node), "endpoint_status") != nullptr);
}

TEST_CASE("a BIRD is expected once it answered, or while its routes are in the kernel") {
  const absl::Status none = absl::NotFoundError("no socket");
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = {none, none, none};
  Set(node, "bird", none);
  SECTION("its routes tell") {
    SourceHistory history;
    const Sources sources = FollowSources(history, node);
    CHECK(sources.bird_expected[Family::kIpv4]);
    CHECK(Find(sources, "bird") != nullptr);
  }
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_BIRD; });
  SECTION("nothing tells") {
    SourceHistory history;
    CHECK_FALSE(FollowSources(history, node).bird_expected[Family::kIpv4]);
  }
  SECTION("it answered before") {
    SourceHistory history;
    FollowSources(history, HealthyNode());
    CHECK(FollowSources(history, node).bird_expected[Family::kIpv4]);
  }
}

}  // namespace
}  // namespace caliwatch
