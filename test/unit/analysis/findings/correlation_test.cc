// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/correlation.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const CheckInfo& CheckNamed(absl::string_view name) {
  for (const CheckInfo* check : AllCheckInfos())
    if (check->name == name) return *check;
  FAIL("there is no check " << name);
  return *AllCheckInfos().front();
}

Finding About(Thing subject, std::string detail, std::optional<Family> family = std::nullopt,
              std::vector<Thing> related = {}) {
  return {std::move(subject), family, std::move(detail), "", std::move(related)};
}

IpAddress Ip(absl::string_view text) { return *IpAddress::Parse(text); }

// Verdicts of open findings, and who explains whom: "check subject" to the same of its cause.
struct Correlated {
  void Add(absl::string_view check, const Finding& finding) {
    verdicts.push_back({&CheckNamed(check), absl::OkStatus(), {{finding, SubjectText(finding), absl::Time(), {}}}});
  }
  std::map<std::string, std::string> Causes() {
    Correlate(verdicts);
    std::map<std::string, std::string> causes;
    for (const Verdict& verdict : verdicts)
      for (const OpenFinding& open : verdict.findings)
        if (open.cause) causes[std::string(verdict.check->name)] = open.cause->check;
    return causes;
  }
  std::vector<Verdict> verdicts;
};

using Causes = std::map<std::string, std::string>;

TEST_CASE("findings of different things stand each for itself") {
  Correlated found;
  found.Add("bgp_peer_down", About(Ip("10.39.1.12"), "down"));
  found.Add("expected_route_missing", About(Ip("10.39.1.13"), "2 routes"));
  CHECK(found.Causes().empty());
}

TEST_CASE("what follows from a peer that is down is told under it") {
  Correlated found;
  found.Add("bgp_peer_down", About(Ip("10.39.1.12"), "down"));
  found.Add("expected_route_missing", About(Ip("10.39.1.12"), "2 routes"));
  CHECK(found.Causes() == Causes{{"expected_route_missing", "bgp_peer_down"}});
}

TEST_CASE("a chain leads to its first cause") {
  Correlated found;
  found.Add("expected_route_missing", About(Ip("10.39.1.12"), "2 routes"));
  found.Add("peer_path_one_way", About(Ip("10.39.1.12"), "its SYN arrives"));
  found.Add("bgp_peer_down", About(Ip("10.39.1.12"), "down"));
  CHECK(found.Causes() ==
        Causes{{"bgp_peer_down", "peer_path_one_way"}, {"expected_route_missing", "peer_path_one_way"}});
}

TEST_CASE("a BIRD that is down explains its own family's routes, and not the other's") {
  Correlated found;
  found.Add("bird_down", About(FamilyWide::kBird, "silent", Family::kIpv4));
  SECTION("its own") {
    found.Add("expected_route_missing", About(Ip("10.39.1.12"), "2 routes"));
    CHECK(found.Causes().size() == 1);
  }
  SECTION("the other's") {
    found.Add("expected_route_missing", About(Ip("fd39:1::12"), "2 routes"));
    CHECK(found.Causes().empty());
  }
}

TEST_CASE("forwarding that is off for one interface explains that pod alone; for all, every pod of the family") {
  Correlated found;
  found.Add("pod_gateway_unreachable",
            About(PodName{"default/b"}, "failed", Family::kIpv4, {InterfaceName{"cali2"}, PodName{"default/b"}}));
  SECTION("another interface") {
    found.Add("forwarding_disabled", About(InterfaceName{"cali1"}, "off"));
    CHECK(found.Causes().empty());
  }
  SECTION("its own") {
    found.Add("forwarding_disabled", About(InterfaceName{"cali2"}, "off"));
    CHECK(found.Causes().size() == 1);
  }
  SECTION("all") {
    found.Add("forwarding_disabled", About(FamilyWide::kForwarding, "off", Family::kIpv4));
    CHECK(found.Causes().size() == 1);
  }
  SECTION("all of the other family") {
    found.Add("forwarding_disabled", About(FamilyWide::kForwarding, "off", Family::kIpv6));
    CHECK(found.Causes().empty());
  }
}

TEST_CASE("findings meet by what else they are about") {
  Correlated found;
  found.Add("workload_route_wrong_interface",
            About(Ip("10.65.0.2"), "leads to cali2", std::nullopt, {InterfaceName{"cali1"}, InterfaceName{"cali2"}}));
  found.Add("pod_gateway_unreachable",
            About(PodName{"default/pod"}, "failed", Family::kIpv4, {InterfaceName{"cali1"}, PodName{"default/pod"}}));
  CHECK(found.Causes() == Causes{{"pod_gateway_unreachable", "workload_route_wrong_interface"}});
}

TEST_CASE("a finding that was explained, and is no longer, counts again") {
  Correlated found;
  found.Add("bgp_peer_down", About(Ip("10.39.1.12"), "down"));
  found.Add("expected_route_missing", About(Ip("10.39.1.12"), "2 routes"));
  found.Causes();
  CHECK(found.verdicts[0].RootCauses() == 1);
  CHECK(found.verdicts[1].RootCauses() == 0);
}

TEST_CASE("a name of one kind is not taken for the same name of another") {
  Correlated found;
  found.Add("workload_interface_down", About(InterfaceName{"x"}, "down"));
  found.Add("workload_route_missing", About(Ip("10.65.0.2"), "no route", std::nullopt, {PodName{"x"}}));
  CHECK(found.Causes().empty());
}

// A cause that names a check which is not there would never be missed.
TEST_CASE("every cause is a check that exists, and none goes in a circle") {
  const std::vector<const CheckInfo*> checks = AllCheckInfos();
  size_t causes = 0;
  for (const CheckInfo* effect : checks)
    for (const Cause& cause : effect->causes) {
      CHECK(CheckNamed(cause.check).name == cause.check);
      ++causes;
    }
  CHECK(causes > 100);
  std::map<absl::string_view, int> depth;  // of the longest chain that leads to a check
  for (size_t round = 0; round <= checks.size(); ++round) {
    bool deeper = false;
    for (const CheckInfo* effect : checks)
      for (const Cause& cause : effect->causes)
        if (depth[effect->name] <= depth[cause.check]) {
          depth[effect->name] = depth[cause.check] + 1;
          deeper = true;
        }
    if (!deeper) return;
  }
  FAIL("the causes hold a circle");
}

}  // namespace
}  // namespace caliwatch
