// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with a cluster, from look to look.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "lib/analysis/findings/check_info.h"
#include "lib/cluster/evidence.h"
#include "lib/cluster/finding.h"
#include "lib/cluster/outliers.h"

namespace caliwatch {

// All that is remembered from look to look: a value.
struct ClusterState {
  struct Seen {
    absl::Time since;
    int looks = 0;  // in a row
  };
  std::map<FindingId, Seen> findings;
};

struct OpenClusterFinding {
  const CheckInfo* check = nullptr;  // lives as long as the program
  ClusterFinding finding;
  absl::Time since;     // of the first look in the row that saw it
  bool sure = false;    // enough looks in a row saw it
  bool caused = false;  // another one explains it, which is the one to count
  // What nodes' own checks say that follows from it: how many findings, on how many nodes.
  size_t effects = 0, effect_nodes = 0;
};

// What nodes' own checks say, by check, without what some finding of the cluster explains.
struct NodesFinding {
  std::string severity, check;
  size_t findings = 0;
  std::vector<std::string> nodes;  // ordered by name
};

// One agent that was asked, the worst first.
struct NodeRow {
  std::string name;          // of the node; where that is unknown, the agent's address
  std::string agent;         // "10.0.0.1:10179"
  absl::Status answered;     // FailedPrecondition: its last poll is too old
  std::string outcome = {};  // of its own checks; empty: unknown
  size_t critical = 0, warnings = 0, notes = 0;
  std::string worst = {};  // "bgp_peer_down: 10.39.1.12"; empty: none
  size_t sessions = 0, sessions_up = 0;
  std::optional<size_t> workloads = {}, blocks = {};
  std::string version = {};
};

inline constexpr size_t kMostClusterFindings = 1'000;  // of one check

enum class ClusterOutcome { kClean, kFindings, kCannotJudge, kUnsure };
absl::string_view ToString(ClusterOutcome outcome);  // "clean", "findings", "cannot_judge", "unsure"

struct ClusterReport {
  absl::Time at;
  std::vector<OpenClusterFinding> findings;  // by severity, then check and subject
  size_t unlisted = 0;                       // beyond kMostClusterFindings
  std::vector<NodesFinding> nodes_findings;  // by severity, then by how many nodes have it
  std::vector<NodeRow> nodes;
  std::vector<Difference> differences;
  size_t answered = 0;                     // agents
  std::vector<std::string> problems = {};  // what kept the look from being one at all of it, a line each
  bool tunnels_compared = true;            // false: so many nodes that none was asked where its tunnels end

  // Findings of the cluster that count, and what nodes find themselves, but for notes. kCannotJudge: none, but some
  // agent did not answer or could not judge its node, or there are `problems`. kUnsure: the next look will tell.
  ClusterOutcome outcome() const;
};

ClusterReport JudgeCluster(const std::vector<AskedAgent>& asked, absl::Time now, ClusterState& state);

}  // namespace caliwatch
