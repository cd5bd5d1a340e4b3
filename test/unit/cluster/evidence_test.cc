// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/evidence.h"

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

TEST_CASE("an address is its one owner's, and that of several is nobody's to name") {
  std::vector<AskedAgent> cluster = HealthyCluster(3);
  for (size_t node : {0, 1}) cluster[node].node->own_addresses->push_back({At("10.96.0.1"), "kube-ipvs0", false, {}});
  const ClusterEvidence evidence(cluster);
  REQUIRE(evidence.OwnerOf(At("10.39.1.12")) != nullptr);
  CHECK(evidence.OwnerOf(At("10.39.1.12"))->name == "n2");
  CHECK(evidence.OwnerOf(At("192.168.12.0"))->name == "n2");
  CHECK(evidence.OwnerOf(At("10.96.0.1")) == nullptr);
  CHECK_FALSE(evidence.IsNobodys(At("10.96.0.1")));
  CHECK(evidence.IsNobodys(At("10.39.1.99")));
  cluster[2].node->more_own_addresses = 1;
  CHECK_FALSE(ClusterEvidence(cluster).IsNobodys(At("10.39.1.99")));
  CHECK(Lacks(*cluster[0].node, At("10.39.1.99")));
  CHECK_FALSE(Lacks(*cluster[0].node, At("10.39.1.11")));
  CHECK_FALSE(Lacks(*cluster[2].node, At("10.39.1.99")));
}

TEST_CASE("each end of a session finds its other end, that of its own addresses first") {
  std::vector<AskedAgent> cluster = HealthyCluster(2);
  cluster[0].node->own_addresses->push_back({At("10.40.1.11"), "eth1", false, {}});
  ToldSession second = SessionOf(cluster, 1, 0);
  second.peer = At("10.40.1.11");
  second.local = At("10.40.1.12");
  cluster[1].node->sessions.insert(cluster[1].node->sessions.begin(), second);
  cluster[1].node->sessions.push_back(second);
  const ClusterEvidence evidence(cluster);
  REQUIRE(evidence.sessions().size() == 4);
  const SessionEnds& ends = evidence.sessions().front();
  CHECK(ends.here->name == "n1");
  CHECK(ends.there->name == "n2");
  REQUIRE(ends.back != nullptr);
  CHECK(ends.back->peer == At("10.39.1.11"));
  cluster[1].node->sessions.clear();
  CHECK(ClusterEvidence(cluster).sessions().front().back == nullptr);
}

TEST_CASE("who did not answer, or polls no more, is no member") {
  std::vector<AskedAgent> cluster = HealthyCluster(3);
  Silence(cluster[0]);
  cluster[1].age = kOldestPoll + absl::Seconds(1);
  REQUIRE(ClusterEvidence(cluster).members().size() == 1);
  CHECK(ClusterEvidence(cluster).members()[0].name == "n3");
}

TEST_CASE("lists of names are cut with their count, and times are rounded down") {
  CHECK(NamesText({}) == "");
  CHECK(NamesText({"n1"}) == "n1");
  CHECK(NamesText({"n1", "n2"}) == "n1 and n2");
  CHECK(NamesText({"n1", "n2", "n3", "n4", "n5"}) == "n1, n2, n3 and 2 more");
  CHECK(LastedText(absl::Seconds(1)) == "for 1 second");
  CHECK(LastedText(absl::Seconds(150)) == "for 2 minutes");
  CHECK(LastedText(absl::Hours(49)) == "for 49 hours");
}

}  // namespace
}  // namespace caliwatch
