// SPDX-License-Identifier: Apache-2.0
#pragma once

// What came of asking another node's agent: once at the node's address, once at that of its tunnel.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

enum class ProbePath : uint8_t { kNode, kOverlay };
inline constexpr std::array<ProbePath, 2> kProbePaths = {ProbePath::kNode, ProbePath::kOverlay};

enum class ProbeResult : uint8_t {
  kAnswered,     // packets that fill the path passed, both ways
  kSmallOnly,    // small ones passed, and those did not
  kNoAnswer,     // nothing came back in time
  kUnreachable,  // the kernel or a router says that there is no way
  kRefused,      // nobody listens there
  kInvalid,      // somebody answered, and not as an agent does
};
inline constexpr std::array<ProbeResult, 6> kProbeResults = {ProbeResult::kAnswered, ProbeResult::kSmallOnly,
                                                             ProbeResult::kNoAnswer, ProbeResult::kUnreachable,
                                                             ProbeResult::kRefused,  ProbeResult::kInvalid};

// "node", "overlay".
inline absl::string_view ToString(ProbePath path) { return path == ProbePath::kNode ? "node" : "overlay"; }
// "answered", "small_only", "no_answer", "unreachable", "refused", "invalid".
inline absl::string_view ToString(ProbeResult result) {
  constexpr absl::string_view kNames[] = {"answered", "small_only", "no_answer", "unreachable", "refused", "invalid"};
  return kNames[static_cast<size_t>(result)];
}

// Who was asked answered, if only in small packets.
inline bool IsReached(ProbeResult result) {
  return result == ProbeResult::kAnswered || result == ProbeResult::kSmallOnly;
}
// Packets got lost. What is refused, or answered by another program, has come through.
inline bool IsLost(ProbeResult result) {
  return result == ProbeResult::kNoAnswer || result == ProbeResult::kUnreachable;
}

// What a node's kernel has counted since it booted.
struct ArrivalCounts {
  uint64_t damaged = 0;                           // packets of UDP and TCP that it dropped for a wrong checksum
  std::map<std::string, uint64_t> received = {};  // packets, by the tunnel's device

  bool operator==(const ArrivalCounts&) const = default;
};

// What both kernels counted while a node was asked once more through the tunnel, in vain.
struct TunnelTrial {
  uint64_t damaged_there = 0, damaged_here = 0;  // as of ArrivalCounts
  std::optional<uint64_t> received_there = {};   // packets by its device of the tunnel's name, from anybody

  bool operator==(const TunnelTrial&) const = default;
};

struct ProbeOutcome {
  ProbeResult result = ProbeResult::kNoAnswer;
  absl::Duration took = {};      // from the first packet to the last byte of the answer, of the one that was answered
  bool large_arrived = false;    // kSmallOnly: the other end acknowledged the large request, so its answer got lost
  std::string answered_as = {};  // how the node that answered calls itself; empty: it does not say
  std::optional<TunnelTrial> trial = {};  // kOverlay, of what is lost; absent: one of both nodes does not count

  bool operator==(const ProbeOutcome&) const = default;
};

// Whom to ask.
struct ProbeTarget {
  IpAddress address;                             // the node's
  std::optional<IpAddress> tunnel_address = {};  // absent: no tunnel leads there, or its other end is not known
  std::string tunnel = {};                       // this node's device to it; empty: none
  bool is_ours = true;                           // of the two nodes, this one is to ask the other

  bool operator==(const ProbeTarget&) const = default;
};

// One round with one node: both of its addresses, one right after the other.
struct NodeProbe {
  ProbeTarget target;
  ProbeOutcome node;
  std::optional<ProbeOutcome> overlay = {};      // absent: not asked, as the node's address did not answer
  std::vector<IpAddress> tunnel_addresses = {};  // that the node says it has
  bool asks_others = false;                      // as it says

  bool operator==(const NodeProbe&) const = default;
};

}  // namespace caliwatch
