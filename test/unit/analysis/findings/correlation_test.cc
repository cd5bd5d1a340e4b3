// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/correlation.h"

#include <map>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const Check& CheckNamed(absl::string_view name) {
  for (const Check& check : AllChecks())
    if (check.name == name) return check;
  FAIL("there is no check " << name);
  return AllChecks().front();
}

// Verdicts of open findings, and who explains whom: "check subject" to the same of its cause.
struct Correlated {
  void Add(absl::string_view check, Finding finding) {
    verdicts.push_back({&CheckNamed(check), absl::OkStatus(), {{std::move(finding), absl::Time(), {}}}});
  }
  std::map<std::string, std::string> Causes() {
    Correlate(verdicts);
    std::map<std::string, std::string> causes;
    for (const Verdict& verdict : verdicts)
      for (const OpenFinding& open : verdict.findings)
        if (open.explained_by) causes[std::string(verdict.check->name)] = std::string(open.explained_by->check);
    return causes;
  }
  std::vector<Verdict> verdicts;
};

using Causes = std::map<std::string, std::string>;

TEST_CASE("findings of different things stand each for itself") {
  Correlated found;
  found.Add("bgp_peer_down", {"10.39.1.12", "down"});
  found.Add("expected_route_missing", {"10.39.1.13", "2 routes"});
  CHECK(found.Causes().empty());
}

TEST_CASE("what follows from a peer that is down is told under it") {
  Correlated found;
  found.Add("bgp_peer_down", {"10.39.1.12", "down"});
  found.Add("expected_route_missing", {"10.39.1.12", "2 routes"});
  CHECK(found.Causes() == Causes{{"expected_route_missing", "bgp_peer_down"}});
}

TEST_CASE("a chain leads to its first cause") {
  Correlated found;
  found.Add("expected_route_missing", {"10.39.1.12", "2 routes"});
  found.Add("peer_path_one_way", {"10.39.1.12", "its SYN arrives"});
  found.Add("bgp_peer_down", {"10.39.1.12", "down"});
  CHECK(found.Causes() ==
        Causes{{"bgp_peer_down", "peer_path_one_way"}, {"expected_route_missing", "peer_path_one_way"}});
}

TEST_CASE("a BIRD that is down explains its own family's routes, and not the other's") {
  Correlated found;
  found.Add("bird_down", {"BIRD ipv4", "silent"});
  SECTION("its own") {
    found.Add("expected_route_missing", {"10.39.1.12", "2 routes"});
    CHECK(found.Causes().size() == 1);
  }
  SECTION("the other's") {
    found.Add("expected_route_missing", {"fd39:1::12", "2 routes"});
    CHECK(found.Causes().empty());
  }
}

TEST_CASE("forwarding that is off for one interface explains that pod alone; for all, every pod of the family") {
  Correlated found;
  found.Add("pod_gateway_unreachable", {"default/b ipv4", "failed", "", {"cali2", "default/b"}});
  SECTION("another interface") {
    found.Add("forwarding_disabled", {"cali1", "off", "", {"cali1"}});
    CHECK(found.Causes().empty());
  }
  SECTION("its own") {
    found.Add("forwarding_disabled", {"cali2", "off", "", {"cali2"}});
    CHECK(found.Causes().size() == 1);
  }
  SECTION("all") {
    found.Add("forwarding_disabled", {"all IPv4", "off"});
    CHECK(found.Causes().size() == 1);
  }
  SECTION("all of the other family") {
    found.Add("forwarding_disabled", {"all IPv6", "off"});
    CHECK(found.Causes().empty());
  }
}

TEST_CASE("findings meet by what else they are about") {
  Correlated found;
  found.Add("workload_route_wrong_interface", {"10.65.0.2", "leads to cali2", "", {"cali1", "cali2"}});
  found.Add("pod_gateway_unreachable", {"default/pod ipv4", "failed", "", {"cali1", "default/pod"}});
  CHECK(found.Causes() == Causes{{"pod_gateway_unreachable", "workload_route_wrong_interface"}});
}

TEST_CASE("a finding that was explained, and is no longer, counts again") {
  Correlated found;
  found.Add("bgp_peer_down", {"10.39.1.12", "down"});
  found.Add("expected_route_missing", {"10.39.1.12", "2 routes"});
  found.Causes();
  CHECK(found.verdicts[0].RootCauses() == 1);
  CHECK(found.verdicts[1].RootCauses() == 0);
}

// A rule that names a check which is not there would never be missed.
TEST_CASE("every rule is about checks that exist, and none goes in a circle") {
  for (const auto& [cause, effect] : CorrelationRules()) {
    CheckNamed(cause);
    CheckNamed(effect);
  }
  std::map<absl::string_view, int> depth;  // of the longest chain that leads to a check
  const auto rules = CorrelationRules();
  for (size_t round = 0; round <= AllChecks().size(); ++round) {
    bool deeper = false;
    for (const auto& [cause, effect] : rules)
      if (depth[effect] <= depth[cause]) {
        depth[effect] = depth[cause] + 1;
        deeper = true;
      }
    if (!deeper) return;
  }
  FAIL("the rules hold a circle");
}

}  // namespace
}  // namespace caliwatch
