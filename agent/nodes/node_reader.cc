// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/node_reader.h"

#include <algorithm>
#include <atomic>
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
absl::Status Ask(const std::string& address, const char* path, absl::Duration within, std::string& text,
                 ParsedAnswer& answer) {
  absl::StatusOr<std::string> got = HttpGet(address, path, Deadline(within), NodeReader::kMostBytes);
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

}  // namespace

AskedAgent AskAgent(const std::string& address, absl::Duration within) {
  AskedAgent agent{.address = address};
  std::string text;
  ParsedAnswer answer;
  if (const absl::Status asked = Ask(address, "/api/v1/node", within, text, answer); !asked.ok()) {
    agent.node = asked;
    return agent;
  }
  agent.age = *answer.age;
  agent.node = NodeDocumentFrom(answer.body);
  return agent;
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
  if (const absl::Status asked = Ask(agent.address, "/api/v1/workloads", within, text, answer); asked.ok())
    agent.workloads = HeldAddressesFromDocument(answer.body);
  else
    agent.workloads = asked;
}

// An exception, which means want of memory, costs the one agent.
AskedAgent NodeReader::AskFor(const std::string& address, const Deadline& deadline) const {
  const auto left = [&] { return std::min(absl::Milliseconds(deadline.Milliseconds()), kAnswerWithin); };
  try {
    AskedAgent agent = AskAgent(address, left());
    AskForWorkloads(agent, left());
    return agent;
  } catch (const std::exception& error) {
    AskedAgent agent{.address = address};
    agent.node = absl::ResourceExhaustedError(error.what());
    return agent;
  }
}

std::vector<AskedAgent> NodeReader::Read(const std::vector<std::string>& agents, absl::Duration within) {
  const Deadline deadline(within);
  std::vector<AskedAgent> asked(std::min(agents.size(), kMostAgents));
  std::atomic<size_t> next = 0, rows = 0;
  const auto work = [&] {
    for (size_t i = next++; i < asked.size(); i = next++) {
      AskedAgent& agent = asked[i];
      agent.address = agents[i];
      if (rows > kMostRows) {
        agent.node = absl::ResourceExhaustedError("all agents together say too much");
      } else if (deadline.Milliseconds() == 0) {
        agent.node = absl::DeadlineExceededError("there was no time to ask it");
      } else {
        agent = AskFor(agents[i], deadline);
        rows += RowsOf(agent);
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < std::min(kAtOnce, asked.size()); ++i) threads.emplace_back(work);
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
    if (known != workloads_.end() || workloads_.size() < kMostAgents)
      workloads_[agent.address] = {digest, *agent.workloads, absl::Now()};
  }
}

}  // namespace caliwatch
