// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/path_text.h"

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

Path Whole() {
  Path path;
  path.from = {"default/web-1", *IpAddress::Parse("192.168.5.1"), EndPlace::kPod, "cali1", "pod default/web-1"};
  path.to = {"192.168.6.1", *IpAddress::Parse("192.168.6.1")};
  path.there = {{.kind = HopKind::kInterface, .what = "cali1 of pod default/web-1"},
                {.kind = HopKind::kFarNode,
                 .verdict = HopVerdict::kUnseen,
                 .what = "how it goes on",
                 .elsewhere = Command{"caliwatch path A B", false, "the node of 10.39.1.6"}}};
  path.back = {{.kind = HopKind::kNeighbor, .what = "192.168.5.1", .age = absl::Seconds(90)}};
  return path;
}

bool Holds(const std::string& text, absl::string_view part) {
  if (absl::StrContains(text, part)) return true;
  UNSCOPED_INFO(text);
  return false;
}

}  // namespace

TEST_CASE("a whole path is told with its ends, its hops and what is seen elsewhere") {
  const Report report = ReportOf(HealthyNode());
  const std::string text = PathsText({Whole()}, report);
  CHECK(absl::StartsWith(text, "As node-231 sees it at "));
  CHECK(Holds(text,
              "From default/web-1 (192.168.5.1, pod default/web-1 at cali1) to 192.168.6.1\n"
              "  Nothing on it is wrong, as far as this node sees.\n\nThere\n"
              "  ok        interface    cali1 of pod default/web-1\n"
              "  unseen    far node     how it goes on\n"
              "                           caliwatch path A B  # on the node of 10.39.1.6, as root\nBack\n"
              "  ok        neighbor     192.168.5.1, for 1 min 30 s\n"));
  CHECK(Holds(text, "Network policies and other firewall rules are not looked at"));
}

TEST_CASE("what is wrong comes first, with what to do, and at its hop") {
  const Snapshot node = NodeWithPeerDown();
  const Report report = ReportOf(node);
  const Verdict* down = nullptr;
  for (const Verdict& verdict : report.verdicts)
    if (!verdict.findings.empty() && absl::StartsWith(verdict.check->name, "bgp_peer_down")) down = &verdict;
  REQUIRE(down != nullptr);
  Path path = Whole();
  path.back.front().verdict = HopVerdict::kWrong;
  path.back.front().findings = {{down->check, &down->findings.front(), HopEffect::kCuts}};
  const std::string text = PathsText({path}, report);
  CHECK(Holds(text, "  It breaks on the way back, at the neighbor: BGP peer 10.39.1.219 "));
  CHECK(Holds(text, "\n  What to do: "));
  CHECK(
      Holds(text, "\n  WRONG     neighbor     192.168.5.1, for 1 min 30 s\n                           bgp_peer_down"));

  path.back.front().findings[0].effect = HopEffect::kNotes;
  path.back.front().verdict = HopVerdict::kUnknown;
  path.back.front().why = "nobody\x1b answered";
  const std::string doubtful = PathsText({path}, report);
  CHECK(Holds(doubtful, "  It cannot be told on the way back, at the neighbor: 192.168.5.1: nobody"));
  CHECK(Holds(doubtful, "Note: bgp_peer_down"));
  CHECK_FALSE(absl::StrContains(doubtful, "What to do"));
  CHECK_FALSE(absl::StrContains(doubtful, "\x1b"));
}

TEST_CASE("some packets are lost, where the path takes no large ones") {
  Path path = Whole();
  path.there.front().verdict = HopVerdict::kLimited;
  path.there.front().why = "large ones do not fit";
  CHECK(Holds(PathsText({path}, ReportOf(HealthyNode())),
              "  Some packets are lost at the interface: cali1 of pod default/web-1: large ones do not fit."));
}

}  // namespace caliwatch
