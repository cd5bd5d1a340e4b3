// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/sources.h"

#include <utility>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

void Set(Snapshot& node, absl::string_view source, const absl::Status& status) {
  for (SourceReading& reading : node.sources)
    if (reading.name == source) reading.status = status;
}

const SourceStatus* Find(const Sources& sources, absl::string_view name) { return FindSource(sources.readings, name); }

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

TEST_CASE("what a source said last stands for what is over one failed poll, and no longer") {
  SourceHistory history;
  Snapshot node = HealthyNode();
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  const auto poll = [&](const absl::Status& status) {
    Set(node, "routes", status);
    const Sources sources = FollowSources(history, node);
    return std::pair(Find(sources, "routes")->failures, Find(sources, "routes")->is_current());
  };
  CHECK(poll(gone) == std::pair(1u, false));  // it never was read
  CHECK(poll(absl::OkStatus()) == std::pair(0u, true));
  CHECK(poll(gone) == std::pair(1u, true));
  CHECK(poll(gone) == std::pair(2u, false));
  CHECK(poll(absl::OkStatus()) == std::pair(0u, true));
}

TEST_CASE("a Felix that nobody heard of is no failure, one that answered and does not is; else its traces decide") {
  const absl::Status refused = absl::NotFoundError("nobody listens"), silent = absl::DeadlineExceededError("silence");
  SourceHistory history;
  Snapshot node = HealthyNode();
  const auto listed = [&](const absl::Status& status) {
    node.felix = status;
    Set(node, kFelixSource, status);
    return Find(FollowSources(history, node), kFelixSource) != nullptr;
  };
  SECTION("where it works, its health may be off, but who listens there must answer") {
    CHECK_FALSE(listed(refused));
    CHECK(listed(silent));
    CHECK(FollowSources(history, node).felix_expected);
  }
  SECTION("where it does not, anybody may have its port") {
    node.endpoints = absl::NotFoundError("no such folder");
    node.calico_mtu = absl::NotFoundError("no such file");
    CHECK_FALSE(listed(refused));
    CHECK_FALSE(listed(silent));
    CHECK_FALSE(FollowSources(history, node).felix_expected);
  }
  SECTION("it answered before") {
    FollowSources(history, HealthyNode());
    CHECK(listed(refused));
  }
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

TEST_CASE(
    "a BIRD without a socket is missed where its routes hold this node's pods, and not where they are left over") {
  SourceHistory fresh;
  Snapshot node = HealthyNode();
  const absl::Status none = absl::NotFoundError("bird.ctl does not exist");
  node.birds[Family::kIpv4] = {none, none, none};
  CHECK(FollowSources(fresh, node).bird_expected[Family::kIpv4]);
  for (Route& route : *node.routes)
    if (route.type == RTN_BLACKHOLE) route.protocol = 80;  // Felix' now, as after a move to VXLAN
  fresh = {};
  CHECK_FALSE(FollowSources(fresh, node).bird_expected[Family::kIpv4]);
  fresh.bird_expected[Family::kIpv4] = true;  // seen since the node booted
  CHECK(FollowSources(fresh, node).bird_expected[Family::kIpv4]);
}

}  // namespace
}  // namespace caliwatch
