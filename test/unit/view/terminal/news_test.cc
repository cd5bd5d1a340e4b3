// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/news.h"

#include <string>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

TEST_CASE("what was there when somebody looked is no news, and neither is a first look") {
  const Report healthy = ReportOf(HealthyNode()), down = ReportOf(NodeWithPeerDown());
  News news;
  CHECK(news.Text(down, false).empty());
  news.See(down);
  CHECK(news.Text(down, false).empty());
}

TEST_CASE("a finding that came and one that is over are told until somebody has seen it") {
  const Report healthy = ReportOf(HealthyNode()), down = ReportOf(NodeWithPeerDown());
  News news;
  news.See(healthy);
  const std::string came =
      "Since you looked, at 08:00:00 UTC; a key says that you have seen it\n"
      "  new   CRITICAL  bgp_peer_down  10.39.1.219\n";
  CHECK(news.Text(down, false) == came);
  CHECK(news.Text(down, false) == came);
  CHECK(absl::StartsWith(news.Text(down, true), "\033[1;7mSince you looked"));
  news.See(down);
  CHECK(news.Text(down, false).empty());
  CHECK(absl::StrContains(news.Text(healthy, false), "\n  over  CRITICAL  bgp_peer_down  10.39.1.219\n"));
}

TEST_CASE("of many of a check, the first few are named and the others counted, in one line") {
  Report down = ReportOf(NodeWithPeerDown());
  News news;
  news.See(ReportOf(HealthyNode()));
  for (Verdict& verdict : down.verdicts)
    if (verdict.check->name == "bgp_peer_down") {
      verdict.findings.resize(20, verdict.findings.front());
      for (size_t i = 0; i < verdict.findings.size(); ++i) verdict.findings[i].subject += std::to_string(i) + "\033";
    }
  const std::string text = news.Text(down, false);
  CHECK(absl::StrContains(text, "\n  new   CRITICAL  bgp_peer_down  10.39.1.2190"));
  CHECK(absl::EndsWith(text, " and 17 more\n"));
  CHECK(!absl::StrContains(text, "\033"));
}

}  // namespace
}  // namespace caliwatch
