// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts AfterBirdSays(const absl::Status& status) {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = {status, status, status};
  return JudgeBy("bird_down", node);
}

TEST_CASE("a BIRD that answers is not down, and one that never ran here neither") {
  CHECK(JudgeBy("bird_down", HealthyNode())->empty());
  CHECK(AfterBirdSays(absl::NotFoundError("no socket"))->empty());
}

TEST_CASE("a BIRD that refuses, is silent or has a full queue is down, and the finding says which") {
  for (const absl::Status& status :
       {absl::UnavailableError("bird.ctl: connection refused"), absl::DeadlineExceededError("bird.ctl: no answer"),
        absl::ResourceExhaustedError("bird.ctl: its queue is full")}) {
    const JudgedTexts judgement = AfterBirdSays(status);
    REQUIRE(judgement->size() == 1);
    CHECK(judgement->front().subject == "BIRD ipv4");
    CHECK(judgement->front().detail.find(std::string(status.message())) != std::string::npos);
  }
}

TEST_CASE("what a lost BIRD costs depends on who leads the routes to other nodes' pods") {
  Snapshot node = HealthyNode();
  const absl::Status refused = absl::UnavailableError("connection refused");
  node.birds[Family::kIpv4] = {refused, refused, refused};
  CHECK(JudgeBy("bird_down", node)->front().detail ==
        "does not answer: connection refused. Its routes stay in the kernel as they are, but follow no change");
  CHECK(JudgeBy("bird_down", node)->front().impact.empty());
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  CHECK(JudgeBy("bird_down", node)->front().detail ==
        "does not answer: connection refused. Felix leads the routes to other nodes' pods, which stay and follow "
        "changes");
  CHECK(JudgeBy("bird_down", node)->front().impact.find("Nothing between pods of the cluster") == 0);
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(JudgeBy("bird_down", node)->front().impact.empty());
}

TEST_CASE("a socket that we may not open says nothing of BIRD") {
  CHECK(absl::IsPermissionDenied(AfterBirdSays(absl::PermissionDeniedError("bird.ctl: permission denied")).status()));
}

TEST_CASE("where Felix leads the routes, a BIRD that is down cuts nobody of the cluster off") {
  Snapshot node = VxlanNode();
  const absl::Status status = absl::UnavailableError("bird.ctl: connection refused");
  node.birds[Family::kIpv4] = {status, status, status};
  const JudgedTexts judgement = JudgeBy("bird_down", node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail ==
        "does not answer: bird.ctl: connection refused. Felix leads the routes to other nodes' pods, which stay and "
        "follow changes");
}

}  // namespace
}  // namespace caliwatch
