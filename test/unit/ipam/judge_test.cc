// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/judge.h"

#include <string>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Found = std::set<std::string>;
constexpr char kLeaked[] = "ipam_address_leaked 10.48.1.1";

ClusterRecords WithLeak() {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  return records;
}

}  // namespace

TEST_CASE("nothing counts at the first look, and what the second sees, too, counts since the first") {
  const ClusterRecords records = WithLeak();
  IpamState state;
  const IpamReport first = JudgeIpam(records, kClusterRead, state);
  CHECK(FoundBy(first) == Found{});
  CHECK(first.outcome() == IpamOutcome::kUnsure);
  CHECK(first.releases.addresses.empty());
  const IpamReport second = JudgeIpam(records, kClusterRead + absl::Seconds(30), state);
  CHECK(FoundBy(second) == Found{kLeaked});
  CHECK(second.outcome() == IpamOutcome::kFindings);
  for (const IpamVerdict& verdict : second.verdicts)
    for (const OpenIpamFinding& open : verdict.findings) CHECK(open.since == kClusterRead);
}

TEST_CASE("two looks close together are not two looks apart") {
  IpamState state;
  JudgeIpam(WithLeak(), kClusterRead, state);
  CHECK(FoundBy(JudgeIpam(WithLeak(), kClusterRead + absl::Seconds(5), state)) == Found{});
  CHECK(FoundBy(JudgeIpam(WithLeak(), kClusterRead + absl::Seconds(11), state)) == Found{kLeaked});
}

TEST_CASE("what a look in between did not see begins anew") {
  IpamState state;
  JudgeIpam(WithLeak(), kClusterRead, state);
  JudgeIpam(HealthyCluster(), kClusterRead + absl::Minutes(1), state);
  CHECK(FoundBy(JudgeIpam(WithLeak(), kClusterRead + absl::Minutes(2), state)) == Found{});
}

TEST_CASE("an address that was released and taken again is another leak") {
  IpamState state;
  ClusterRecords records = WithLeak();
  JudgeIpam(records, kClusterRead, state);
  records.blocks.rows.at("10.48.1.0/26").records[1].sequence = 99;
  CHECK(FoundBy(JudgeIpam(records, kClusterRead + absl::Minutes(1), state)) == Found{});
}

TEST_CASE("a look that cannot tell neither confirms nor forgets") {
  IpamState state;
  ClusterRecords unread = WithLeak(), unseen = WithLeak();
  unread.pods.complete = absl::DataLossError("cut off");
  unseen.reports.rows.erase("n1");
  JudgeIpam(WithLeak(), kClusterRead, state);
  const IpamReport blind = JudgeIpam(unread, kClusterRead + absl::Minutes(1), state);
  CHECK(FoundBy(blind) == Found{});
  CHECK(blind.outcome() == IpamOutcome::kCannotJudge);
  const IpamReport doubtful = JudgeIpam(unseen, kClusterRead + absl::Minutes(2), state);
  CHECK(FoundBy(doubtful) == Found{});
  CHECK(doubtful.outcome() == IpamOutcome::kCannotJudge);
  CHECK(FoundBy(JudgeIpam(WithLeak(), kClusterRead + absl::Minutes(3), state)) == Found{kLeaked});
}

TEST_CASE("a clock that went back begins anew") {
  IpamState state;
  JudgeIpam(WithLeak(), kClusterRead, state);
  CHECK(FoundBy(JudgeIpam(WithLeak(), kClusterRead - absl::Hours(1), state)) == Found{});
}

TEST_CASE("without blocks nothing can be judged, and without what nobody gave the rest is") {
  IpamState state;
  CHECK(JudgeIpam({}, kClusterRead, state).outcome() == IpamOutcome::kCannotJudge);
  ClusterRecords few = HealthyCluster();
  for (ClusterTable<IpamHandle>* table : {&few.handles}) *table = {};
  few.services = {};
  few.configs = {};
  CHECK(LookTwice(few).outcome() == IpamOutcome::kClean);
  few.handles.complete = absl::DataLossError("cut off");
  CHECK(LookTwice(few).outcome() == IpamOutcome::kCannotJudge);
}

TEST_CASE("a finding that another explains is that one's effect") {
  ClusterRecords records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.1.1"));
  records.pods.rows.at("default/web-31").addresses = {AddressOf("10.48.1.1")};
  for (const IpamVerdict& verdict : LookTwice(records).verdicts)
    for (const OpenIpamFinding& open : verdict.findings) {
      if (verdict.check->name == "ipam_running_without_record" && open.finding.subject == "10.48.1.1")
        CHECK(open.effects == 1);
      if (verdict.check->name == "ipam_address_twice") {
        REQUIRE(open.cause);
        CHECK(open.cause->check == "ipam_running_without_record");
      }
    }
}

TEST_CASE("reports of nodes are stale one by one, and no judgement is made by stale ones alone") {
  ClusterRecords records = HealthyCluster();
  records.reports.rows.at("n1").read_at = kClusterRead - absl::Hours(1);
  CHECK(LookTwice(records).outcome() == IpamOutcome::kClean);
  for (auto& [name, report] : records.reports.rows) report.read_at = kClusterRead - absl::Hours(1);
  const IpamReport report = LookTwice(records);
  CHECK(report.outcome() == IpamOutcome::kCannotJudge);
  for (const EvidenceReading& reading : report.evidence) CHECK(reading.stale == (reading.kind == "reports" ? 3 : 0));
}

TEST_CASE("what was read is told by kind") {
  ClusterRecords records = HealthyCluster();
  records.pods.complete = absl::DataLossError("cut off");
  const IpamReport report = LookTwice(records);
  size_t kinds = 0;
  for (const EvidenceReading& reading : report.evidence) {
    ++kinds;
    if (reading.kind == "pods") CHECK(absl::IsDataLoss(reading.status));
    if (reading.kind == "endpoints") CHECK(absl::IsNotFound(reading.status));
    if (reading.kind == "nodes") CHECK(reading.rows == 3);
  }
  CHECK(kinds == 11);
  CHECK(report.recorded == 20);
}

}  // namespace caliwatch
