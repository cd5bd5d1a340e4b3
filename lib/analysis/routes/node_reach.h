// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which other nodes answer at their own address and not through the tunnel, or only in small packets.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/routes/link_traffic.h"
#include "lib/analysis/routes/probe_targets.h"
#include "lib/model/journal.h"

namespace caliwatch {

// Upper bounds, in seconds, of the histogram of times.
inline constexpr std::array<double, 10> kProbeBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};

// Of one path, since the agent began.
struct ProbeCounts {
  std::array<uint64_t, kProbeResults.size()> results = {};
  std::array<uint64_t, kProbeBounds.size() + 1> times = {};  // of those reached; not cumulative
  double seconds = 0;                                        // all of these together
};

// Another node whose address answers, while something between both nodes does not pass.
struct UnreachedNode {
  IpAddress address;  // the node's
  std::optional<IpAddress> tunnel_address = {};
  std::string tunnel = {};  // this node's device to it; empty: none leads there
  // What fails: kOverlay, with kNoAnswer, kUnreachable, or kAnswered by a node that is another; kSmallOnly of either.
  ProbePath path = ProbePath::kOverlay;
  ProbeResult result = ProbeResult::kNoAnswer;
  bool large_arrived = false;  // ProbeOutcome::large_arrived
  // Of kOverlay, where it is lost: what both ends counted in each of so many rounds in a row, the least of what was
  // damaged and the most of what arrived. Absent: they did not count in the last one.
  std::optional<TunnelTrial> trial = {};
  uint32_t trials = 0;
  std::string name = {};             // how the node at `address` calls itself
  std::string instead = {};          // of the one that answers through the tunnel, where that is another
  bool disowns = false;              // it says that its tunnels have other addresses than `tunnel_address`
  uint32_t rounds = 0;               // in a row
  BootTime since = {}, judged = {};  // the first of these rounds, and the last
  uint32_t others_asked = 0;         // through the same tunnel, of late
  uint32_t others_reached = 0;       // of these

  bool operator==(const UnreachedNode&) const = default;
};

// Whose kernel drops the tunnel's packets for their checksum, in each of two rounds at least, and in each both packets
// of the question or more. kNone: neither does, or that is not known.
enum class DropsDamaged : uint8_t { kNone, kThere, kHere };
DropsDamaged WhoDropsDamaged(const std::optional<TunnelTrial>& trial, uint32_t trials);

// How many of the nodes that were asked stand how.
enum class ReachState : uint8_t { kReached, kUnreached, kNoAnswer, kNoAgent };
inline constexpr std::array<ReachState, 4> kReachStates = {ReachState::kReached, ReachState::kUnreached,
                                                           ReachState::kNoAnswer, ReachState::kNoAgent};
absl::string_view ToString(ReachState state);  // "reached", "unreached", "no_answer", "no_agent"

// What a report says of all this.
struct ReachReport {
  std::array<ProbeCounts, kProbePaths.size()> counts = {};  // by path
  std::array<size_t, kReachStates.size()> nodes = {};       // by state, of those that were asked
  std::vector<UnreachedNode> unreached = {};                // ordered by address
  std::vector<ProbeTarget> targets = {};                    // whom to ask from now on
  // A node that has not been judged, since it does not answer at its own address; set at one poll alone, the first.
  std::optional<IpAddress> first_unjudged = {};
};

// Follows the rounds from poll to poll.
class ReachHistory {
 public:
  // Goes on from what a process before found.
  explicit ReachHistory(const std::vector<UnreachedNode>& left = {});

  // `traffic`: of this poll.
  void Follow(const ProbeJournal& journal, const std::vector<LinkTraffic>& traffic, BootTime now);
  // What fails for two rounds in a row, the last of them no longer ago than kForgotten. Nothing is said of a tunnel
  // where it may be a firewall of the other node that stops the question: no node has ever answered through it, and it
  // carries other packets; or the other node has asked us through it meanwhile.
  const std::vector<UnreachedNode>& unreached() const { return unreached_; }
  bool has_asked() const { return !rows_.empty(); }
  TunnelClaims Claims() const;
  // The report of this poll. `targets`: whom to ask from now on; who is asked no more is forgotten. Absent: that could
  // not be worked out, and those of before stay.
  ReachReport Finish(std::optional<std::vector<ProbeTarget>> targets);

  static constexpr absl::Duration kForgotten = absl::Minutes(5);

 private:
  enum class Fault : uint8_t { kNone, kLost, kOtherNode, kLarge };
  struct Failure {
    Fault fault = Fault::kNone;
    ProbeOutcome outcome;  // of the last; its trial, as of UnreachedNode
    uint32_t rounds = 0, trials = 0;
    BootTime since = {}, judged = {};
    std::optional<uint64_t> received = {};  // packets by the tunnel, when it began
  };
  struct Row {
    NodeProbe last;
    BootTime asked = {};
    std::array<Failure, kProbePaths.size()> failures = {};
    bool answered_by_tunnel = false;        // ever
    std::optional<BootTime> asked_us = {};  // through its tunnel, last
    int unanswered = 0;                     // rounds in a row
  };
  using Received = std::map<std::string, uint64_t>;  // packets, by tunnel

  static std::optional<Fault> FaultOf(ProbePath path, const NodeProbe& round);
  static void TakeTrial(const std::optional<TunnelTrial>& before, Failure& failure);
  static void Judge(const std::optional<Fault>& fault, const ProbeOutcome& outcome, std::optional<uint64_t> received,
                    BootTime now, Failure& failure);
  void ForgetOthersThan(const std::vector<ProbeTarget>& targets);
  static void Remember(const NodeProbe& round, Row& row);
  void Take(const NodeProbe& round, const Received& received, BootTime now);
  bool MayBeFirewall(const Row& row, const Received& received, BootTime now) const;
  std::optional<UnreachedNode> UnreachedBy(ProbePath path, const Row& row, const Received& received,
                                           BootTime now) const;
  void CountOthers(UnreachedNode& node, BootTime now) const;

  std::map<IpAddress, Row> rows_;
  std::array<ProbeCounts, kProbePaths.size()> counts_ = {};
  std::vector<UnreachedNode> unreached_;
  std::vector<ProbeTarget> targets_;
  bool any_answered_by_tunnel_ = false;
  bool has_told_of_unjudged_ = false;
  std::optional<IpAddress> first_unjudged_;
};

}  // namespace caliwatch
