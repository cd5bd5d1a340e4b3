// SPDX-License-Identifier: Apache-2.0
#pragma once

// The way of packets between two ends, hop by hop, as one node sees it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/findings/check_info.h"
#include "lib/analysis/findings/verdict.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// Of this node, this node itself, or neither. An address of this node's own blocks that nobody has is a pod's, too.
enum class EndPlace : uint8_t { kPod, kNode, kElsewhere };
absl::string_view ToString(EndPlace place);  // "pod", "node", "elsewhere"

struct PathEnd {
  std::string name;  // as it was asked for: "default/web-1", "192.168.5.1", "node-231"
  IpAddress address;
  EndPlace place = EndPlace::kElsewhere;
  // kPod: the node's end of its veth, "" where nobody has the address; kNode: that has the address
  std::string interface = {};
  std::string owner = {};  // kPod: "pod default/web-1"; "" where Calico does not say
};

enum class HopKind : uint8_t {
  kInterface,   // the node's end of a pod's veth
  kGateway,     // a pod's
  kSource,      // the kernel's check of where a packet comes from (rp_filter); listed where it drops
  kForwarding,  // of the interface by which packets come in
  kRules,       // policy rules: which table decides
  kRoute,
  kPeer,  // BGP's, that the route came from: no packet passes it
  kTunnel,
  kUnderlay,  // the interface towards the other node, and who answers there
  kNeighbor,  // who answers for a pod's address
  kFarNode,   // what only the other node sees
  kThisNode,  // it is the end itself
};
absl::string_view ToString(HopKind kind);  // "interface", "far_node", …

// From well to worst. kUnseen: it is not for this node to say. kUnknown: it would be, and something that it takes could
// not be read, or does not tell. kLimited: some packets are lost, as large ones are.
enum class HopVerdict : uint8_t { kGood, kUnseen, kUnknown, kLimited, kWrong };
absl::string_view ToString(HopVerdict verdict);  // "good", "unseen", "unknown", "limited", "wrong"

// What a check's finding means for the packets that pass what it is about.
enum class HopEffect : uint8_t { kNotes, kLimits, kCuts };
absl::string_view ToString(HopEffect effect);  // "notes", "limits", "cuts"

// Leads into the report.
struct HopFinding {
  const CheckInfo* check = nullptr;
  const OpenFinding* open = nullptr;
  HopEffect effect = HopEffect::kNotes;
  // The open finding that explains it; null: none does.
  const CheckInfo* cause_check = nullptr;
  const OpenFinding* cause = nullptr;
};

struct Hop {
  HopKind kind;
  HopVerdict verdict = HopVerdict::kGood;
  std::string what = {};                   // what is there, in words
  std::string why = {};                    // what is wrong or unknown, as the kernel's tables show it; may be empty
  std::optional<absl::Duration> age = {};  // for how long it has been so; absent: nobody says
  std::vector<HopFinding> findings = {};   // the worst first
  std::optional<Command> elsewhere = {};   // kFarNode: what to type there
};

struct Path {
  PathEnd from, to;
  std::vector<Hop> there, back;

  Family family() const { return from.address.family; }
};

// The first hop that is wrong, there before back; without one, the first that is limited, then the first that is
// unknown. Null: what this node sees of the path is whole (kGood).
struct PathAnswer {
  HopVerdict verdict = HopVerdict::kGood;
  const Hop* hop = nullptr;  // of the path asked about
  bool is_back = false;
};
PathAnswer AnswerOf(const Path& path);

}  // namespace caliwatch
