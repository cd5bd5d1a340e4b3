// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is asked of one other node in one round, and what is concluded from the answers.

#include <functional>
#include <optional>
#include <string>

#include <absl/time/time.h>

#include "lib/decode/probe_answer.h"
#include "lib/model/node_probe.h"
#include "lib/node/agent_question.h"

namespace caliwatch {

// What came of one question.
struct AskedNode {
  ProbeResult result = ProbeResult::kNoAnswer;  // never kSmallOnly
  absl::Duration took = {};                     // kAnswered
  bool answer_began = false;                    // though its end may not have come
  ProbeAnswer answer = {};                      // kAnswered
};
// As CountArrivals(), of this machine and one device.
using CountHere = std::function<std::optional<ArrivalCounts>(const std::string& device)>;
using AskAt = std::function<AskedNode(const IpAddress& address, const AgentQuestion& question)>;

// Asks the node at its own address and, where that answers, through the tunnel: in large packets and, where nothing
// comes back, in small ones and again in large ones. What fails is doubted: the node is told so at its own address, and
// if it does not answer there any more, nothing is concluded about the tunnel. Both ends count what arrives while the
// tunnel is tried in a small packet. Takes the time of eight questions at most.
NodeProbe AskInOneRound(const ProbeTarget& target, const AskAt& ask, const CountHere& count);

// Over TCP, at this port of the node.
AskedNode AskOverTcp(const IpAddress& address, uint16_t port, const AgentQuestion& question);

}  // namespace caliwatch
