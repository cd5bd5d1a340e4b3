// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/ipam_text.h"

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

bool Holds(const std::string& text, absl::string_view part) {
  if (absl::StrContains(text, part)) return true;
  UNSCOPED_INFO(text);
  return false;
}

}  // namespace

TEST_CASE("a healthy look says so, and what it was made of") {
  const std::string text = IpamText(LookTwice(HealthyCluster()));
  CHECK(absl::StartsWith(text,
                         "IPAM: records, pods and nodes agree\nSeen 2026-11-27 15:57:40 UTC, 20 recorded addresses\n"));
  CHECK(Holds(text, "\nPools\n  POOL     CIDR          RECORDED   FREE  BLOCKS"));
  CHECK(Holds(text, "  endpoints                                    not given\n"));
  CHECK_FALSE(absl::StrContains(text, "Findings"));
}

TEST_CASE("findings are told with what to do, and what is safe to release") {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  RemoveRecord(records, AddressOf("10.48.2.9"));
  records.handles = {};
  const std::string text = IpamText(LookTwice(records));
  CHECK(absl::StartsWith(text, "IPAM: 2 findings, 1 critical\n"));
  CHECK(Holds(text, "  CRITICAL  ipam_running_without_record: A pod runs with an address"));
  CHECK(Holds(
      text,
      "\nWhat to type, in this order\n    kubectl cordon n1\n    kubectl cordon n2\n    kubectl delete pod web-15 "
      "-n default\n"));
  CHECK(Holds(text,
              "  WARNING  ipam_address_leaked: An address is recorded as taken, and nobody has it.\n    10.48.1.1: is "
              "recorded"));
  CHECK(Holds(text, "\nSafe to release: 1 address\n"));
  CHECK(Holds(text, "    calicoctl ipam release --ip=10.48.1.1\n"));
  CHECK(Holds(text, "give the object ClusterInformation, too"));
  records.cluster_guid = "guid";
  records.cluster_info_revision = "12";
  CHECK(Holds(IpamText(LookTwice(records)), "--from-report=FILE --force;"));
  records.calico_version = "v3.32.1";
  CHECK(Holds(IpamText(LookTwice(records)), "--from-report=FILE;"));
}

TEST_CASE("what is not sure, in doubt or cannot be judged is told apart") {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  IpamState state;
  const std::string first = IpamText(JudgeIpam(records, kClusterRead, state));
  CHECK(absl::StartsWith(first, "IPAM: not yet sure: look again"));
  CHECK(Holds(first, "\nNot yet sure: counts if the next look sees it, too\n  ipam_address_leaked:"));
  CHECK_FALSE(absl::StrContains(first, "calicoctl ipam release"));
  records.reports.rows.erase("n1");
  records.nodes.complete = absl::DataLossError("nodes.json: cut\x1b off");
  const std::string doubtful = IpamText(LookTwice(records));
  CHECK(absl::StartsWith(doubtful, "IPAM: cannot judge all of it\n"));
  CHECK(Holds(doubtful, "  ipam_address_leaked: 1, since no agent's report of node n1: 10.48.1.1\n"));
  CHECK(Holds(doubtful, "\nChecks that cannot judge\n"));
  CHECK_FALSE(absl::StrContains(doubtful, "\x1b"));
}

TEST_CASE("many findings are counted, and twenty of them listed") {
  const std::string text = IpamText(LookTwice(WithLeaks(55)));
  CHECK(Holds(text, "    and 35 more: --output json lists them\n"));
  CHECK(Holds(text, "Safe to release: 55 addresses"));
}

TEST_CASE("an address's facts are told in two columns") {
  CHECK(AddressText(AddressOf("10.48.1.1"), {{"record", "none"}, {"seen", "at cali1 of node\x1b n1"}}) ==
        "10.48.1.1\n  record    none\n  seen      at cali1 of node\xEF\xBF\xBD n1\n");
}

}  // namespace caliwatch
