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
Reached AskInEachSize(const IpAddress& address, const AskAt& ask, const std::function<AskedNode()>& ask_small) {
  AskedNode first = ask(address, {.large = true});
  if (first.result != ProbeResult::kNoAnswer) return From(std::move(first));
  Reached small = From(ask_small());
  if (!IsReached(small.outcome.result)) return small;
  // It may have been no more than a bad moment.
  AskedNode again = ask(address, {.large = true});
  if (again.result != ProbeResult::kNoAnswer) return From(std::move(again));
  small.outcome.result = ProbeResult::kSmallOnly;
  small.outcome.large_arrived = first.answer_began && again.answer_began;
  return small;
}

// A machine that booted meanwhile counts from nothing.
uint64_t Grown(uint64_t before, uint64_t after) { return after > before ? after - before : 0; }

std::optional<uint64_t> ReceivedMeanwhile(const ArrivalCounts& before, const ArrivalCounts& after,
                                          const std::string& device) {
  const auto first = before.received.find(device), last = after.received.find(device);
  if (first == before.received.end() || last == after.received.end()) return std::nullopt;
  return Grown(first->second, last->second);
}

// One question through the tunnel, in a small packet, while both ends count.
class CountedQuestion {
 public:
  CountedQuestion(const ProbeTarget& target, const AskAt& ask, const CountHere& count)
      : target_(target), ask_(ask), count_(count) {}

  AskedNode Ask() {
    there_ = ask_(target_.address, {.counts = true}).answer.arrivals;
    here_ = count_(target_.tunnel);
    AskedNode asked = ask_(*target_.tunnel_address, {});
    here_after_ = count_(target_.tunnel);
    return asked;
  }
  // `there_after`: what the node has counted by now. Absent: one of both does not count.
  std::optional<TunnelTrial> Result(const std::optional<ArrivalCounts>& there_after) const {
    if (!there_ || !there_after || !here_ || !here_after_) return std::nullopt;
    return TunnelTrial{.damaged_there = Grown(there_->damaged, there_after->damaged),
                       .damaged_here = Grown(here_->damaged, here_after_->damaged),
                       .received_there = ReceivedMeanwhile(*there_, *there_after, target_.tunnel)};
  }

 private:
  const ProbeTarget& target_;
  const AskAt& ask_;
  const CountHere& count_;
  std::optional<ArrivalCounts> there_, here_, here_after_;
};

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

NodeProbe AskInOneRound(const ProbeTarget& target, const AskAt& ask, const CountHere& count) {
  NodeProbe round{.target = target, .node = {}};
  Reached node = AskInEachSize(target.address, ask, [&] { return ask(target.address, {}); });
  round.node = std::move(node.outcome);
  if (!IsReached(round.node.result)) return round;
  round.tunnel_addresses = std::move(node.answer.tunnel_addresses);
  round.asks_others = node.answer.asks_others;
  CountedQuestion counted(target, ask, count);
  if (target.tunnel_address)
    round.overlay = AskInEachSize(*target.tunnel_address, ask, [&] { return counted.Ask(); }).outcome;
  if (!IsInDoubt(round)) return round;
  // Between the two it may have gone.
  const AskedNode still = ask(target.address, {.in_doubt = true, .counts = true});
  if (IsReached(still.result)) {
    if (round.overlay && IsLost(round.overlay->result)) round.overlay->trial = counted.Result(still.answer.arrivals);
    return round;
  }
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
