// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/ipam_page.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

bool Holds(const std::string& page, absl::string_view part) {
  if (absl::StrContains(page, part)) return true;
  UNSCOPED_INFO(page);
  return false;
}

std::string PageOf(const IpamReport& report, const std::vector<std::string>& problems = {}) {
  return IpamPage(report, problems,
                  {.telemetry_path = "/metrics", .now = report.at + absl::Seconds(5), .version = "1.2.3"});
}

}  // namespace

TEST_CASE("the page of a healthy cluster says so first, then its pools and what was read") {
  const std::string page = PageOf(LookTwice(HealthyCluster()));
  CHECK(Holds(page, "<title>IPAM: records, pods and nodes agree</title>"));
  CHECK(Holds(page, "<div id=\"verdict\" class=\"verdict good\"><p>IPAM: records, pods and nodes agree</p>"));
  CHECK(Holds(page, "<li>20 recorded addresses</li>"));
  CHECK(Holds(page, "Seen 5 s ago"));
  CHECK(Holds(page, "<svg class=\"bar\""));
  CHECK(Holds(page, "<th scope=\"row\">endpoints</th>"));
  CHECK(Holds(page, "not given"));
  CHECK_FALSE(absl::StrContains(page, "<h2 id=\"findings\">"));
  CHECK_FALSE(absl::StrContains(page, "<h2 id=\"problems\">"));
  CHECK_FALSE(absl::StrContains(page, "<h2 id=\"releases\">"));
  CHECK_FALSE(absl::StrContains(page, "class=\"columns\""));
  CHECK_FALSE(absl::StrContains(page, "#commands"));
}

TEST_CASE("findings have their age, what they break and what to type, the others are folded away") {
  ClusterRecords records = WithLeaks(30);
  records.cluster_guid = "guid";
  records.cluster_info_revision = "12";
  records.calico_version = "v3.32.1";
  const std::string page = PageOf(LookTwice(records));
  CHECK(Holds(page, "<div id=\"verdict\" class=\"verdict warning\"><p>IPAM: 30 findings</p>"));
  CHECK(Holds(page, "<span class=\"severity warning\">warning</span>An address is recorded as taken"));
  CHECK(Holds(page, "(for 1 min 0 s)"));
  CHECK(Holds(page, "<summary>25 more</summary>"));
  CHECK(Holds(page, "30 leaked addresses that nobody has."));
  CHECK(Holds(page, "<a href=\"api/v1/ipam/releases\" download>this report</a>"));
  CHECK(Holds(page, "<pre tabindex=\"0\">calicoctl ipam release --from-report=release.json</pre>"));
  CHECK(Holds(page, "<pre tabindex=\"0\">calicoctl ipam release --ip=10.48.1.5</pre>"));
}

TEST_CASE("pods without a record come with all commands, in their order") {
  ClusterRecords records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.2.9"));
  records.handles = {};
  const std::string page = PageOf(LookTwice(records));
  CHECK(Holds(page, "class=\"verdict critical\""));
  CHECK(Holds(page, "<li><a href=\"#commands\">What to type</a>: 5 lines</li>"));
  CHECK(Holds(page, "class=\"columns\""));
  const size_t cordon = page.find("<pre tabindex=\"0\">kubectl cordon n1</pre>");
  const size_t pod = page.find("<pre tabindex=\"0\">kubectl delete pod web-15 -n default</pre>");
  const size_t uncordon = page.find("<pre tabindex=\"0\">kubectl uncordon n1</pre>");
  CHECK(cordon < pod);
  CHECK(pod < uncordon);
  CHECK(uncordon != std::string::npos);
}

TEST_CASE("what could not be asked, what is not sure and what is in doubt stand apart from findings") {
  ClusterRecords records = WithLeaks(1);
  IpamState state;
  const std::string first = PageOf(JudgeIpam(records, kClusterRead, state));
  CHECK(Holds(first, "class=\"verdict info\"><p>IPAM: not yet sure: the next look decides</p>"));
  CHECK(Holds(first, "<h2 id=\"unsure\">Not yet sure</h2>"));
  CHECK_FALSE(absl::StrContains(first, "calicoctl ipam release"));
  records.reports.rows.at("n1").kernel = absl::UnavailableError("nobody answers");
  records.blocks.complete = absl::UnavailableError("etcd: nobody answers");
  const std::string page = PageOf(LookTwice(records), {"etcd: nobody answers", "agents: 1 of 3"});
  CHECK(Holds(page, "<h2 id=\"problems\">What could not be asked</h2>"));
  CHECK(Holds(page, "<li>2 problems with what was asked</li>"));
  CHECK(Holds(page, "<h2 id=\"doubts\">In doubt</h2>"));
  CHECK(Holds(page, "1 unknown: an agent could not be asked, or"));
  CHECK(Holds(page, "<p class=\"warning\">Not all of it: blocks: etcd: nobody answers</p>"));
  CHECK(Holds(page, "<tr class=\"bad\"><th scope=\"row\">blocks</th>"));
  CHECK(Holds(page, "<th scope=\"row\">ipam_address_leaked</th>"));
  CHECK_FALSE(absl::StrContains(page, "recorded addresses</li>"));
}

TEST_CASE("whatever the cluster says is text") {
  ClusterRecords records = WithLeaks(1);
  records.pools.rows.begin()->second.name = "<script>\"'&\x1b";
  IpamReport report = LookTwice(records);
  report.verdicts[0].findings.push_back(
      {.finding = {.subject = "<b>", .detail = "<i>", .commands = {}}, .since = report.at, .sure = true});
  const std::string page = PageOf(report, {"<u> said"});
  for (const char* markup : {"<b>", "<i>", "<u>", "\x1b", "<script>\""}) {
    INFO(markup);
    CHECK_FALSE(absl::StrContains(page, markup));
  }
  CHECK(Holds(page, "&lt;script&gt;&quot;&#39;&amp;"));
}

TEST_CASE("an old look says that it is old") {
  const IpamReport report = LookTwice(HealthyCluster());
  const std::string page =
      IpamPage(report, {}, {.telemetry_path = "/metrics", .now = report.at + absl::Hours(1), .healthy = false});
  CHECK(Holds(page, "class=\"stale\">Seen 1 h 0 min ago"));
  CHECK(Holds(IpamWaitingPage({}), "The first look at the cluster is not over yet."));
}

}  // namespace caliwatch
