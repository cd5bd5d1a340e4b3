// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/node_reader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "lib/decode/http_answer.h"
#include "lib/decode/node_document.h"
#include "lib/decode/workloads_document.h"
#include "lib/model/utf8.h"
#include "lib/node/http_get.h"

namespace caliwatch {
namespace {

// The body of an answer, with its age; errors are fit to be shown.
absl::Status Ask(const std::string& address, const char* path, absl::Duration within, size_t most_bytes,
                 std::string& text, ParsedAnswer& answer) {
  absl::StatusOr<std::string> got = HttpGet(address, path, Deadline(within), most_bytes);
  if (!got.ok()) return got.status();
  text = *std::move(got);
  absl::StatusOr<ParsedAnswer> read = HttpAnswerFrom(text);
  if (!read.ok()) return read.status();
  answer = *std::move(read);
  if (answer.code == 404) return absl::UnavailableError("no agent is there, or one that is too old to be asked");
  if (answer.code != 200)
    return absl::UnavailableError(
        absl::StrCat("it answered ", answer.code, ": ", Printable(answer.body.substr(0, 200))));
  if (!answer.age) return absl::UnavailableError("it does not say how old its answer is");
  return absl::OkStatus();
}

size_t RowsOf(const AskedAgent& agent) {
  if (!agent.node.ok()) return 0;
  const NodeDocument& node = *agent.node;
  return node.sessions.size() + node.findings.size() + (node.others ? node.others->size() : 0) +
         (node.own_addresses ? node.own_addresses->size() : 0) + (node.blocks ? node.blocks->size() : 0) +
         (agent.workloads.ok() ? agent.workloads->size() : 0);
}

constexpr char kNodePath[] = "/api/v1/node", kShortNodePath[] = "/api/v1/node?other_nodes=0";

AskedAgent AskForNode(const std::string& address, const char* path, absl::Duration within, size_t most_bytes) {
  AskedAgent agent{.address = address};
  std::string text;
  ParsedAnswer answer;
  if (const absl::Status asked = Ask(address, path, within, most_bytes, text, answer); !asked.ok()) {
    agent.node = asked;
    return agent;
  }
  agent.age = *answer.age;
  agent.node = NodeDocumentFrom(answer.body);
  return agent;
}

// So many agents a second that their turns are evenly apart.
class Pace {
 public:
  explicit Pace(double a_second) : a_second_(a_second) {}

  static absl::Duration Turn(size_t number, double a_second) {
    return a_second <= 0 ? absl::ZeroDuration() : absl::Seconds(static_cast<double>(number) / a_second);
  }

  // Until it is the turn of the one of this number, but not beyond the deadline.
  void Await(size_t number, const Deadline& deadline) const {
    const absl::Duration gone = absl::FromChrono(std::chrono::steady_clock::now() - begun_);
    const absl::Duration left = Turn(number, a_second_) - gone;
    absl::SleepFor(std::min(left, absl::Milliseconds(deadline.Milliseconds())));
  }

 private:
  const double a_second_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

AskedAgent AskAgent(const std::string& address, absl::Duration within) {
  return AskForNode(address, kNodePath, within, ReadingLimits().most_bytes);
}

void NodeReader::AskForWorkloads(AskedAgent& agent, absl::Duration within) const {
  if (!agent.node.ok() || !agent.node->workloads) return;
  const auto known = workloads_.find(agent.address);
  if (known != workloads_.end() && known->second.digest == agent.node->workloads->digest) {
    agent.workloads = known->second.held;
    const absl::Duration since = std::max(absl::Now() - known->second.read_at, absl::ZeroDuration());
    for (HeldAddress& held : *agent.workloads) held.unchanged += since;
    return;
  }
  std::string text;
  ParsedAnswer answer;
  if (const absl::Status asked = Ask(agent.address, "/api/v1/workloads", within, limits_.most_bytes, text, answer);
      asked.ok())
    agent.workloads = HeldAddressesFromDocument(answer.body);
  else
    agent.workloads = asked;
}

// An exception, which means want of memory, costs the one agent.
AskedAgent NodeReader::AskFor(const std::string& address, const char* path, const Deadline& deadline) const {
  const auto left = [&] { return std::min(absl::Milliseconds(deadline.Milliseconds()), kAnswerWithin); };
  try {
    AskedAgent agent = AskForNode(address, path, left(), limits_.most_bytes);
    AskForWorkloads(agent, left());
    return agent;
  } catch (const std::exception& error) {
    AskedAgent agent{.address = address};
    agent.node = absl::ResourceExhaustedError(error.what());
    return agent;
  }
}

std::vector<AskedAgent> NodeReader::Read(const std::vector<std::string>& agents, absl::Duration within) {
  const size_t count = std::min(agents.size(), limits_.most_agents);
  const Deadline deadline(within + Pace::Turn(count, limits_.a_second));
  const Pace pace(limits_.a_second);
  const char* const path = limits_.is_short(agents.size()) ? kShortNodePath : kNodePath;
  std::vector<AskedAgent> asked(count);
  std::atomic<size_t> next = 0, rows = 0;
  const auto work = [&] {
    for (size_t i = next++; i < asked.size(); i = next++) {
      AskedAgent& agent = asked[i];
      agent.address = agents[i];
      pace.Await(i, deadline);
      if (rows > limits_.most_rows) {
        agent.node = absl::ResourceExhaustedError("all agents together say too much");
      } else if (deadline.Milliseconds() == 0) {
        agent.node = absl::DeadlineExceededError("there was no time to ask it");
      } else {
        agent = AskFor(agents[i], path, deadline);
        rows += RowsOf(agent);
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(limits_.at_once, asked.size()); ++i) threads.emplace_back(work);
  }
  Remember(asked);
  return asked;
}

// What did not change is kept with its time. No more agents are remembered than may be asked at once.
void NodeReader::Remember(const std::vector<AskedAgent>& asked) {
  for (const AskedAgent& agent : asked) {
    const auto known = workloads_.find(agent.address);
    const bool told = agent.node.ok() && agent.node->workloads && agent.workloads.ok();
    if (!told) {
      if (known != workloads_.end()) workloads_.erase(known);
      continue;
    }
    const std::string& digest = agent.node->workloads->digest;
    if (known != workloads_.end() && known->second.digest == digest) continue;
    if (known != workloads_.end() || workloads_.size() < limits_.most_agents)
      workloads_[agent.address] = {digest, *agent.workloads, absl::Now()};
  }
}

}  // namespace caliwatch
