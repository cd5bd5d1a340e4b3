// SPDX-License-Identifier: Apache-2.0

// Whole nodes as they were recorded: what production runs above the sockets, from bytes to findings.

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "lib/analysis/observe.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

const std::string kFolder = CALIWATCH_SOURCE_DIR "/test/recordings/nodes/";

// The check that finds what is wrong with each; "": nothing is.
const std::map<std::string, std::string> kNodes = {
    {"delete-route", "workload_route_missing"},
    {"duplicate-ip", "duplicate_workload_ip"},
    {"forwarding-off", "forwarding_disabled"},
    {"healthy-bird1", ""},
    {"healthy-bird2", ""},
    {"healthy-vxlan", ""},
    {"healthy-without-endpoint-status", ""},
    {"interface-down", "workload_interface_down"},
    {"kill-bird", "bird_down"},
    {"lose-vtep-fdb", "vxlan_fdb_incomplete"},
    {"owner-conflict", "route_owner_conflict"},
    {"remove-address", "bgp_source_address_not_local"},
    {"stale-veths", "orphan_workload_interface"},
    {"tunnel-down", "tunnel_device_down"},
    {"wrong-veth", "workload_route_wrong_interface"},
};

SnapshotPtr Play(const std::string& folder, BootTime boot_time = {}) {
  RecordedNode node(folder);
  const absl::Time at = node.TakenAt().value();
  return ReadSnapshot(node, [&] { return at; }, {.boot_time = boot_time});
}

// Checks with a finding that has no cause among the others.
std::set<std::string> FoundBy(const Report& report) {
  std::set<std::string> checks;
  for (const Verdict& verdict : report.verdicts)
    if (verdict.RootCauses() != 0) checks.emplace(verdict.check->name);
  return checks;
}

TEST_CASE("on each recorded node what is wrong is found, and nothing else") {
  for (const auto& [name, check] : kNodes) {
    INFO(name);
    const Report report = Observer({.polls_to_hold = 1}).Observe(Play(kFolder + name));
    CHECK(FoundBy(report) == (check.empty() ? std::set<std::string>{} : std::set<std::string>{check}));
  }
}

TEST_CASE("every recorded node is played") {
  for (const auto& entry : fs::directory_iterator(kFolder))
    if (fs::exists(entry.path() / "recording.txt")) CHECK(kNodes.count(entry.path().filename()) == 1);
}

TEST_CASE("a recorded restart of BIRD is one episode, which ends when its sessions and routes are back") {
  std::set<fs::path> polls;
  for (const auto& entry : fs::directory_iterator(kFolder + "restart-of-bird")) polls.insert(entry.path());
  REQUIRE(polls.size() == 12);
  Observer observer;
  const absl::Time began = RecordedNode(*polls.begin()).TakenAt().value();
  std::set<ConvergencePhase> phases;
  PerFamily<ConvergenceCounts> counts;
  for (const fs::path& poll : polls) {
    const absl::Duration since = RecordedNode(poll).TakenAt().value() - began;
    const Report report = observer.Observe(Play(poll, absl::Hours(1) + since));
    for (const Family family : kFamilies) {
      phases.insert(report.birds[family].convergence.phase);
      counts[family] = report.birds[family].convergence.counts;
    }
  }
  CHECK(phases.count(ConvergencePhase::kConverged) == 1);
  CHECK(phases.size() > 1);
  for (const Family family : kFamilies) {
    CHECK(counts[family].restarts == 1);
    CHECK(counts[family].converged == 1);
  }
}

}  // namespace
}  // namespace caliwatch
