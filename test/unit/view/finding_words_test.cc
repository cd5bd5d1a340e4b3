// SPDX-License-Identifier: Apache-2.0
#include "lib/view/finding_words.h"

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

const CheckInfo kInfo{.name = "some_check",
                      .severity = Severity::kWarning,
                      .summary = "Something is wrong.",
                      .impact = "",
                      .meaning = "",
                      .remedy = "mend it",
                      .says = "is wrong"};

OpenFinding Open(const std::string& name, std::vector<Command> commands = {}, std::string who = "") {
  OpenFinding open;
  open.subject = name;
  open.finding = {InterfaceName{name}, std::nullopt, "for a reason"};
  open.finding.commands = std::move(commands);
  open.finding.who = std::move(who);
  return open;
}

Report ReportWith(std::vector<OpenFinding> findings, const CheckInfo& info = kInfo) {
  Report report;
  report.verdicts.push_back({&info, absl::OkStatus(), std::move(findings)});
  return report;
}

TEST_CASE("a finding begins with whom it is about, by its subject where nobody says more") {
  const Report report = ReportWith({Open("cali1", {}, "Pod shop/cart-7 (10.48.40.129)"), Open("cali2")});
  const Summary summary = Summarize(report);
  CHECK(HeadlineText(summary.causes[0]) == "Pod shop/cart-7 (10.48.40.129) is wrong");
  CHECK(HeadlineText(summary.causes[1]) == "cali2 is wrong");
  CheckInfo wordless = kInfo;
  wordless.says = "";
  const Report other = ReportWith({Open("cali1")}, wordless);
  CHECK(HeadlineText(Summarize(other).causes[0]) == "cali1: Something is wrong.");
}

TEST_CASE("what differs in an address or a family alone is one in the headline") {
  const Report report =
      ReportWith({Open("a", {}, "Pod shop/cart-7 (10.48.40.129)"), Open("b", {}, "Pod shop/cart-7 (fd00::1)")});
  CHECK(HeadlineText(Summarize(report).groups[0]) == "Pod shop/cart-7 (10.48.40.129, fd00::1) is wrong");
  const Report others = ReportWith({Open("a", {}, "Pod shop/cart-7 (10.48.40.129)"), Open("b", {}, "Pod b (fd00::1)")});
  CHECK(HeadlineText(Summarize(others).groups[0]) == "Pod shop/cart-7 (10.48.40.129), as well as b, is wrong");
  const Report peers = ReportWith({Open("a", {}, "BGP peer 10.39.1.12"), Open("b", {}, "BGP peer fd39:1::12")});
  CHECK(HeadlineText(Summarize(peers).groups[0]) == "BGP peer 10.39.1.12, as well as fd39:1::12, is wrong");
}

TEST_CASE("several of one kind are told with their number, those that are not listed included") {
  Report report = ReportWith({Open("cali1")});
  CHECK(HeadlineText(Summarize(report).groups[0]) == "cali1 is wrong");
  report.verdicts[0].unlisted_causes = 5900;
  CHECK(HeadlineText(Summarize(report).groups[0]) == "cali1, like 5,900 others, is wrong");
  CHECK(UnlistedText(Summarize(report).groups[0]) == "and 5,900 more of this check");
}

TEST_CASE("a pod with two addresses is one, whoever else is hit") {
  const Report report =
      ReportWith({Open("a", {}, "Pod shop/cart-7 (10.48.40.129)"), Open("b", {}, "Pod shop/cart-7 (fd00::1)"),
                  Open("c", {}, "Pod shop/cart-8 (10.48.40.130)"), Open("d", {}, "Pod shop/cart-8 (fd00::2)")});
  CHECK(HeadlineText(Summarize(report).groups[0]) ==
        "Pod shop/cart-7 (10.48.40.129, fd00::1), as well as shop/cart-8, is wrong");
}

TEST_CASE("of a check that says nothing of whom, what it says is told with how often") {
  CheckInfo wordless = kInfo;
  wordless.says = "";
  const Report report = ReportWith({Open("cali1"), Open("cali2")}, wordless);
  CHECK(HeadlineText(Summarize(report).groups[0]) == "2 times: Something is wrong.");
}

TEST_CASE("subjects are named up to three, and a group is told by them, its age and its first") {
  CHECK(SubjectsText({"a"}) == "a");
  CHECK(SubjectsText({"a", "b", "c"}) == "a, b, c");
  CHECK(SubjectsText({"a", "b", "c", "d"}, 1000) == "a, b, c and 1,001 more");
  Report report = ReportWith({Open("cali1"), Open("cali2")});
  report.verdicts[0].findings[0].since = absl::FromUnixSeconds(100);
  report.verdicts[0].findings[1].since = absl::FromUnixSeconds(40);
  CHECK(FindingText(Summarize(report).groups[0], absl::FromUnixSeconds(100)) ==
        "cali1, cali2, for 1 min 0 s: for a reason");
}

TEST_CASE("what to type about a group is that of those that are told, each line once") {
  std::vector<OpenFinding> findings;
  for (int i = 1; i <= 5; ++i)
    findings.push_back(Open(absl::StrCat("cali", i), {{absl::StrCat("ip link show cali", i)}, {"nft list ruleset"}}));
  Report report = ReportWith(findings);
  const std::vector<Command> commands = CommandsOf(Summarize(report).groups[0]);
  REQUIRE(commands.size() == 6);
  CHECK(commands[0].line == "ip link show cali1");
  CHECK(commands[1].line == "nft list ruleset");
  CHECK(commands[5].line == "ip link show cali5");
  report.verdicts[0].findings.push_back(findings[0]);
  CHECK(CommandsOf(Summarize(report).groups[0]).size() == 2);
}

TEST_CASE("where to type is told of each command") {
  CHECK(PlaceText({"nft list ruleset", false, "the node of 10.39.1.12"}) == "on the node of 10.39.1.12, as root");
  CHECK(PlaceText({"nft list ruleset"}) == "on this node, as root");
  CHECK(PlaceText({"kubectl get pods -A"}) == "with kubectl, anywhere");
  CHECK(PlaceText({"calicoctl get nodes"}) == "with calicoctl, anywhere");
}

TEST_CASE("checks that cannot judge are told by their reasons, the most common one first") {
  Report report;
  const auto add = [&](absl::string_view why) { report.verdicts.push_back({&kInfo, absl::UnavailableError(why), {}}); };
  add("netlink is gone");
  add("BIRD is silent");
  add("BIRD is silent");
  report.verdicts.push_back({&kInfo, absl::NotFoundError("it does not apply"), {}});
  const Summary summary = Summarize(report);
  const std::vector<WaitingChecks> waiting = WaitingByReason(summary);
  REQUIRE(waiting.size() == 2);
  CHECK(WaitingText(waiting[0]) == "2 checks wait: BIRD is silent");
  CHECK(waiting[0].checks == std::vector<absl::string_view>{"some_check", "some_check"});
  CHECK(WaitingText(waiting[1]) == "1 check waits: netlink is gone");
}

}  // namespace
}  // namespace caliwatch
