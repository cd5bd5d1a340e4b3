// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/explain_page.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/build/embedded.h"
#include "test/support/catch.h"
#include "test/support/source_tree.h"

namespace caliwatch {
namespace {

const std::vector<Runbook>& Shipped() {
  static const auto* runbooks = new std::vector<Runbook>(RunbooksOf(Runbooks()));
  return *runbooks;
}

std::string PageOf(absl::string_view name) { return ExplainTopicPage(*TopicOf(name, Shipped()), Shipped(), "../"); }

TEST_CASE("the list leads to each topic, and every link of every page to a page there is") {
  const std::string list = ExplainListPage(Shipped(), "");
  size_t links = 0;
  for (const Topic& topic : AllTopics(Shipped())) {
    INFO(topic.name());
    CHECK(absl::StrContains(list, absl::StrCat("<a href=\"explain/", topic.name(), "\">", topic.name(), "</a>")));
    const std::string page = ExplainTopicPage(topic, Shipped(), "../");
    CHECK(absl::StrContains(page, absl::StrCat("<title>", topic.name(), " - caliwatch</title>")));
    CHECK(absl::StrContains(page, absl::StrCat("<h1>", topic.name(), "</h1>")));
    for (const std::string& target : Matches(page, "href=\"\\.\\./explain/([^\"]*)\"")) {
      INFO(target);
      ++links;
      CHECK(TopicOf(target, Shipped()));
      CHECK(target != topic.name());
    }
  }
  CHECK(links > AllTopics(Shipped()).size());
}

TEST_CASE("a check's page has all that is known of it, and leads to the runbooks that name it") {
  const std::string page = PageOf("bgp_peer_down");
  for (const absl::string_view part :
       {"<span class=\"severity critical\">critical</span>A BGP session", "<h2>What it breaks</h2>\n<p>This node and",
        "<h2>What to do</h2>", "<h2>When it counts</h2>\n<p>A finding counts once 2 polls",
        "<a href=\"../explain/CaliwatchBgpPeerDown\">", "<a href=\"../explain/bgp_peer_down_routes_kept\">"})
    CHECK(absl::StrContains(page, part));
}

TEST_CASE("an alert's page is its runbook, and leads to the checks that it names") {
  const std::string page = PageOf("CaliwatchWorkloadCutOff");
  for (const absl::string_view part :
       {"<strong>What it means.</strong>",
        "<code><a href=\"../explain/proxy_arp_disabled\">proxy_arp_disabled</a></code>",
        "<a href=\"../explain/CaliwatchDuplicateIp\">CaliwatchDuplicateIp</a>", "ip route get $IP "})
    CHECK(absl::StrContains(page, part));
}

TEST_CASE("pages load nothing but the agent's own files, by addresses that are relative to them") {
  for (const auto& [page, to_root] :
       {std::pair(ExplainListPage(Shipped(), ""), ""), std::pair(ExplainListPage(Shipped(), "../"), "../"),
        std::pair(PageOf("bird_down"), "../"), std::pair(ExplainUnknownPage("x", Shipped(), "../"), "../")}) {
    for (const char* file : {"icon.svg", "status.css", "explain.css", "explain"})
      CHECK(absl::StrContains(page, absl::StrCat("href=\"", to_root, file, "\"")));
    CHECK(Matches(page, "(<script|style=|(?:href|src)=\"(?:/|https?:))").empty());
  }
}

TEST_CASE("what is not known is said with what was meant, and shown as text") {
  const std::string page = ExplainUnknownPage("bird_dwn", Shipped(), "../");
  CHECK(absl::StrContains(page, "There is no check and no alert &quot;bird_dwn&quot;"));
  CHECK(absl::StrContains(page, "Did you mean"));
  CHECK(absl::StrContains(page, "<li><a href=\"../explain/bird_down\">bird_down</a></li>"));
  CHECK_FALSE(absl::StrContains(ExplainUnknownPage("<b>\x1b", Shipped(), "../"), "<b>"));
  const std::string of_long = ExplainUnknownPage(std::string(100'000, 'x'), Shipped(), "../");
  CHECK(of_long.size() < 2'000);
  CHECK(absl::StrContains(of_long, "Those there are"));
}

}  // namespace
}  // namespace caliwatch
