// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/probe_round.h"

#include <chrono>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/routes/probe_schedule.h"

namespace caliwatch {
namespace {

struct Reached {
  ProbeOutcome outcome;
  ProbeAnswer answer;
};

Reached From(AskedNode asked) {
  Reached reached{.outcome = {.result = asked.result, .took = asked.took}, .answer = std::move(asked.answer)};
  reached.outcome.answered_as = reached.answer.node;
  return reached;
}

// By one of the node's addresses.
Reached AskInEachSize(const IpAddress& address, const AskAt& ask) {
  AskedNode first = ask(address, {.large = true});
  if (first.result != ProbeResult::kNoAnswer) return From(std::move(first));
  Reached small = From(ask(address, {.large = false}));
  if (!IsReached(small.outcome.result)) return small;
  // It may have been no more than a bad moment.
  AskedNode again = ask(address, {.large = true});
  if (again.result != ProbeResult::kNoAnswer) return From(std::move(again));
  small.outcome.result = ProbeResult::kSmallOnly;
  small.outcome.large_arrived = first.answer_began && again.answer_began;
  return small;
}

std::string WithPort(const IpAddress& address, uint16_t port) {
  return address.family == Family::kIpv4 ? absl::StrCat(address.ToString(), ":", port)
                                         : absl::StrCat("[", address.ToString(), "]:", port);
}

// Of a question that brought no answer.
ProbeResult ResultOf(const absl::Status& status, const AgentQuestion& question, const HttpProgress& progress) {
  if (progress.is_unreachable) return ProbeResult::kUnreachable;
  if (absl::IsNotFound(status)) return ProbeResult::kRefused;
  if (!absl::IsDeadlineExceeded(status)) return ProbeResult::kInvalid;
  // The kernel there connects and acknowledges, however busy the agent is: that one may just be slow.
  const bool lost = !progress.connected || (question.large && (!progress.acknowledged || progress.answer_began));
  return lost ? ProbeResult::kNoAnswer : ProbeResult::kInvalid;
}

}  // namespace

NodeProbe AskInOneRound(const ProbeTarget& target, const AskAt& ask) {
  NodeProbe round{.target = target, .node = {}};
  Reached node = AskInEachSize(target.address, ask);
  round.node = std::move(node.outcome);
  if (!IsReached(round.node.result)) return round;
  round.tunnel_addresses = std::move(node.answer.tunnel_addresses);
  round.asks_others = node.answer.asks_others;
  if (target.tunnel_address) round.overlay = AskInEachSize(*target.tunnel_address, ask).outcome;
  if (!IsInDoubt(round)) return round;
  // Between the two it may have gone.
  const AskedNode still = ask(target.address, {.large = false, .in_doubt = true});
  if (IsReached(still.result)) return round;
  round.node = {.result = still.result};
  round.overlay.reset();
  return round;
}

AskedNode AskOverTcp(const IpAddress& address, uint16_t port, const AgentQuestion& question) {
  const auto begun = std::chrono::steady_clock::now();
  HttpProgress progress;
  const absl::StatusOr<std::string> text = AskAgent(WithPort(address, port), question, progress);
  AskedNode asked{.took = absl::FromChrono(std::chrono::steady_clock::now() - begun),
                  .answer_began = progress.answer_began};
  if (!text.ok()) {
    asked.result = ResultOf(text.status(), question, progress);
    return asked;
  }
  absl::StatusOr<ProbeAnswer> answer =
      ProbeAnswerFrom(*text, question.large ? LargeAnswerFor(progress.segment_bytes) : 0);
  asked.result = answer.ok() ? ProbeResult::kAnswered : ProbeResult::kInvalid;
  if (answer.ok()) asked.answer = *std::move(answer);
  return asked;
}

}  // namespace caliwatch
