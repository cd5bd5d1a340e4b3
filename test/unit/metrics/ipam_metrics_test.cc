// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/ipam_metrics.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/metrics/ipam_evidence_metrics.h"
#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

std::string Rendered(const IpamReport& report) {
  ProcessStats process;
  process.version = "1.2.3";
  return RenderIpamMetrics({report, process, 7, absl::Milliseconds(1500)});
}

bool HasLine(const std::string& text, const std::string& line) {
  return absl::StrContains("\n" + text, absl::StrCat("\n", line, "\n"));
}

bool HasSeries(const std::string& text, const std::string& beginning) {
  return absl::StrContains("\n" + text, "\n" + beginning);
}

}  // namespace

TEST_CASE("a healthy cluster is told with zeros, its pools, and what is recorded") {
  const std::string text = Rendered(LookTwice(HealthyCluster()));
  for (const char* line :
       {R"(caliwatch_build_info{version="1.2.3",revision="",compiler=""} 1)",
        R"(caliwatch_ipam_findings{check="ipam_address_leaked"} 0)",
        R"(caliwatch_ipam_check_judged{check="ipam_address_leaked"} 1)",
        R"(caliwatch_ipam_doubts{check="ipam_address_leaked"} 0)",
        R"(caliwatch_ipam_evidence_readable{kind="blocks"} 1)", R"(caliwatch_ipam_evidence_rows{kind="reports"} 3)",
        R"(caliwatch_ipam_evidence_stale_rows{kind="reports"} 0)",
        R"(caliwatch_ipam_evidence_unknown_rows{kind="reports"} 0)",
        R"(caliwatch_ipam_recorded_addresses{kind="load_balancer"} 1)",
        R"(caliwatch_ipam_recorded_addresses{kind="released"} 0)",
        R"(caliwatch_ipam_recorded_addresses{kind="reserved"} 2)",
        R"(caliwatch_ipam_node_recorded_addresses{node="n1"} 6)", R"(caliwatch_ipam_node_blocks{node="n1"} 1)",
        R"(caliwatch_ipam_releasable_addresses 0)", R"(caliwatch_ipam_looks_total 7)",
        R"(caliwatch_ipam_look_duration_seconds 1.5)"}) {
    INFO(line);
    CHECK(HasLine(text, line));
  }
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_node_findings"));
  // Not given, and too early to say.
  CHECK_FALSE(HasSeries(text, R"(caliwatch_ipam_evidence_readable{kind="endpoints"})"));
  CHECK_FALSE(HasSeries(text, R"(caliwatch_ipam_check_judged{check="ipam_endpoint_without_pod"})"));
  CHECK_FALSE(HasSeries(text, R"(caliwatch_ipam_findings{check="ipam_endpoint_without_pod"})"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_pool_growth_per_day"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_pool_full_in_seconds"));
}

TEST_CASE("findings are counted by check and by node, and no address has a series") {
  const std::string text = Rendered(LookTwice(WithLeaks(40)));
  CHECK(HasLine(text, R"(caliwatch_ipam_findings{check="ipam_address_leaked"} 40)"));
  CHECK(HasLine(text, R"(caliwatch_ipam_node_findings{node="n1",check="ipam_address_leaked"} 40)"));
  CHECK(HasLine(text, "caliwatch_ipam_releasable_addresses 40"));
  CHECK_FALSE(absl::StrContains(text, "10.48.1.5"));
}

TEST_CASE("what cannot be judged has no zero, and what cannot be read no count") {
  ClusterRecords records = HealthyCluster();
  records.blocks.complete = absl::UnavailableError("etcd: nobody answers");
  const std::string text = Rendered(LookTwice(records));
  CHECK(HasLine(text, R"(caliwatch_ipam_check_judged{check="ipam_address_leaked"} 0)"));
  CHECK_FALSE(HasSeries(text, R"(caliwatch_ipam_findings{check="ipam_address_leaked"})"));
  CHECK_FALSE(HasSeries(text, R"(caliwatch_ipam_doubts{check="ipam_address_leaked"})"));
  CHECK(HasLine(text, R"(caliwatch_ipam_evidence_readable{kind="blocks"} 0)"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_recorded_addresses"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_node_blocks"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_pool_addresses"));
}

TEST_CASE("what was never read has no rows and no time") {
  ClusterRecords records;
  records.blocks.complete = absl::UnavailableError("not read yet");
  const std::string text = Rendered(LookTwice(records));
  CHECK(HasLine(text, R"(caliwatch_ipam_evidence_readable{kind="blocks"} 0)"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_evidence_rows"));
  CHECK_FALSE(HasSeries(text, "caliwatch_ipam_evidence_read_timestamp_seconds"));
}

TEST_CASE("a node whose agent does not answer is a row that says nothing, and leaves doubts") {
  ClusterRecords records = WithLeaks(1);
  records.reports.rows.at("n1").kernel = absl::UnavailableError("nobody answers");
  const std::string text = Rendered(LookTwice(records));
  CHECK(HasLine(text, R"(caliwatch_ipam_evidence_unknown_rows{kind="reports"} 1)"));
  CHECK(HasLine(text, R"(caliwatch_ipam_doubts{check="ipam_address_leaked"} 1)"));
  CHECK(HasLine(text, R"(caliwatch_ipam_findings{check="ipam_address_leaked"} 0)"));
}

TEST_CASE("beyond the largest, nodes are one series, and the sum stays") {
  CHECK(Largest({{"a", 1}, {"b", 3}, {"c", 2}}, 2) == ByNode{{"b", 3}, {"c", 2}, {"", 1}});
  CHECK(Largest({{"", 9}, {"a", 1}}, 5) == ByNode{{"a", 1}, {"", 9}});
  CHECK(Largest({{"a", 1}, {"b", 0}}, 1) == ByNode{{"a", 1}});
}

TEST_CASE("names that break a label break nothing") {
  ClusterRecords records = WithLeaks(1);
  records.pools.rows.begin()->second.name = "po\"ol\n\xff";
  const std::string text = Rendered(LookTwice(records));
  CHECK(HasSeries(text, "caliwatch_ipam_pool_blocks{pool=\"po\\\"ol\xEF\xBF\xBD\xEF\xBF\xBD\","));
}

}  // namespace caliwatch
