// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("bgp_listen_overflow", node); }

TEST_CASE("a queue with room in it is no overflow: the kernel lets one more wait than it was told") {
  Snapshot node = HealthyNode();
  node.bgp_sockets->front().receive_queue = 8;
  CHECK(Run(node)->empty());
  node.bgp_sockets->front().receive_queue = node.bgp_sockets->front().send_queue = 0;
  CHECK(Run(node)->empty());
}

TEST_CASE("a full queue is found, for the family of its socket") {
  Snapshot node = HealthyNode();
  node.bgp_sockets->front().receive_queue = 9;
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"BIRD ipv4",
                                  "9 connections wait for BIRD to accept them, and its queue holds 8: the "
                                  "kernel drops what more peers send"}});
}

TEST_CASE("BIRD may listen on any port") {
  Snapshot node = HealthyNode();
  node.bgp_sockets->front().local_port = 1790;
  node.bgp_sockets->front().receive_queue = 9;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("much that a session has not read yet is no queue of connections") {
  Snapshot node = HealthyNode();
  (*node.bgp_sockets)[1].receive_queue = 60000;
  CHECK(Run(node)->empty());
}

TEST_CASE("where nobody listens, nothing overflows; where sockets cannot be read, it is unknown") {
  Snapshot node = HealthyNode();
  node.bgp_sockets = std::vector<BgpSocket>{};
  CHECK(Run(node)->empty());
  node.bgp_sockets = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
