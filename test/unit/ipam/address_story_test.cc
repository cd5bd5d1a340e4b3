// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/address_story.h"

#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::string>;

Lines StoryOf(const std::string& address, const ClusterRecords& records, const ClusterRecords* before = nullptr) {
  Lines lines;
  for (const AddressFact& fact : TellAddress(AddressOf(address), records, before, LookTwice(records)))
    lines.push_back(absl::StrCat(fact.about, ": ", fact.text));
  return lines;
}

}  // namespace

TEST_CASE("all that is known of a pod's address is told") {
  CHECK(StoryOf("10.48.1.2", HealthyCluster()) ==
        Lines{"record: for default/web-12 of node n1 (workload) since 2026-11-27 14:56:40 UTC",
              "handle: k8s-pod-network.sandbox-of-default/web-12, holds 10.48.1.2",
              "block: 10.48.1.0/26 of host:n1, 5 addresses recorded", "claim: by n1, confirmed",
              "pool: default 10.48.0.0/16", "pod: default/web-12 of node n1, Running",
              "seen: pod default/web-12 at calin1web-12 of node n1: a route, endpoint-status"});
}

TEST_CASE("an address that nobody has, and who had it before") {
  const ClusterRecords healthy = HealthyCluster();
  ClusterRecords records = healthy;
  RemoveRecord(records, AddressOf("10.48.1.2"));
  records.pods.rows.erase("default/web-12");
  RemoveSighting(records, "n1", AddressOf("10.48.1.2"));
  CHECK(StoryOf("10.48.1.2", records, &healthy) ==
        Lines{"record: none: IPAM believes it to be free", "block: 10.48.1.0/26 of host:n1, 4 addresses recorded",
              "claim: by n1, confirmed", "pool: default 10.48.0.0/16", "seen: nowhere in the reports of 3 nodes",
              "before: recorded for default/web-12 of node n1, pod default/web-12, seen at pod default/web-12 at "
              "calin1web-12 of node n1"});
  CHECK(StoryOf("10.48.1.50", records, &healthy).back() == "before: nobody's at the earlier look");
}

TEST_CASE("what is not known is said to be unknown") {
  ClusterRecords records = HealthyCluster();
  records.blocks.complete = absl::DataLossError("cut off");
  records.reports = {};
  const Lines story = StoryOf("10.77.0.1", records);
  CHECK(story == Lines{"record: none that could be read: cut off", "seen: unknown: no node's report was given"});
}

TEST_CASE("tunnels, services, nodes, findings and doubts of an address are told") {
  ClusterRecords records = HealthyCluster();
  const Lines tunnel = StoryOf("10.48.1.0", records);
  CHECK(std::count(tunnel.begin(), tunnel.end(), "tunnel: of node n1") == 1);
  CHECK(std::count(tunnel.begin(), tunnel.end(), "seen: an own interface of node n1") == 1);
  const Lines service = StoryOf("10.48.9.1", records);
  CHECK(std::count(service.begin(), service.end(), "service: shop/front, load balancer") == 1);
  CHECK(StoryOf("10.9.0.11", records).at(1) == "pod: kube-system/proxy of node n1, Running, in its node's network");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  CHECK(StoryOf("10.48.1.1", records).back() ==
        "finding: ipam_pod_without_interface: default/web-11 10.48.1.1 runs at node n1, which has no interface with a "
        "route for it");
  records.pods.rows.erase("default/web-11");
  records.reports.rows.erase("n1");
  CHECK(StoryOf("10.48.1.1", records).back() == "doubt: ipam_address_leaked: no agent's report of node n1");
}

}  // namespace caliwatch
