// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/agent_reader.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "lib/decode/workloads_document.h"
#include "lib/model/utf8.h"
#include "lib/node/deadline.h"

namespace caliwatch {
namespace {

// What an agent that could not be understood leaves of its node: nothing is known.
NodeReport Unknown(const AgentAddress& agent, const absl::Status& why) {
  NodeReport report;
  report.node = agent.node.empty() ? agent.address : agent.node;
  report.read_at = absl::Now();  // that nothing is known, is known now
  report.kernel = absl::Status(why.code(), absl::StrCat("the agent at ", agent.address, ": ", why.message()));
  report.endpoint_status = report.kernel;
  return report;
}

// A whole answer that comes too late, or of another node than was asked, counts for what is there alone.
void Doubt(const AgentAddress& agent, absl::string_view why, NodeReport& report) {
  report.kernel.Update(absl::FailedPreconditionError(absl::StrCat("the agent at ", agent.address, why)));
}

}  // namespace

std::vector<AgentAddress> AgentAddressesOf(const AgentList& list, const ClusterTable<ClusterNode>& nodes,
                                           std::vector<std::string>& problems) {
  std::vector<AgentAddress> agents;
  if (list.by_nodes) {
    if (!nodes.complete.ok())
      problems.push_back(absl::StrCat("agents: the cluster's nodes are not known: ", nodes.complete.message()));
    for (const auto& [key, node] : nodes.rows)
      if (!node.addresses.empty()) agents.push_back({WithPort(node.addresses.front(), list.port), node.name});
  }
  const std::vector<AgentAddress> found = LookUpAgents(list.hosts, problems);
  agents.insert(agents.end(), found.begin(), found.end());
  std::sort(agents.begin(), agents.end(), [](const AgentAddress& a, const AgentAddress& b) {
    return std::tie(a.address, b.node) < std::tie(b.address, a.node);
  });
  agents.erase(std::unique(agents.begin(), agents.end(),
                           [](const AgentAddress& a, const AgentAddress& b) { return a.address == b.address; }),
               agents.end());
  return agents;
}

NodeReport ReportOf(const AgentAddress& agent, const absl::StatusOr<HttpReply>& reply, absl::Time asked) {
  if (!reply.ok()) return Unknown(agent, reply.status());
  if (reply->status != 200)
    return Unknown(agent, absl::UnavailableError(
                              absl::StrCat("answered ", reply->status, ": ", Printable(reply->body.substr(0, 200)))));
  absl::StatusOr<NodeReport> report =
      NodeReportFromDocument(reply->body, asked - reply->age.value_or(absl::ZeroDuration()));
  if (!report.ok()) return Unknown(agent, report.status());
  if (!reply->age)
    Doubt(agent, " does not say how old its answer is", *report);
  else if (*reply->age > AgentReader::kOldestLook)
    Doubt(agent, absl::StrCat(" looked at its node last ", absl::FormatDuration(*reply->age), " ago"), *report);
  if (!agent.node.empty() && report->node != agent.node)
    Doubt(agent, absl::StrCat(", which is node ", agent.node, "'s, says that it is on '", Printable(report->node), "'"),
          *report);
  if (report->node.empty()) Doubt(agent, " does not know its node's name", *report);
  if (!agent.node.empty() || report->node.empty()) report->node = agent.node.empty() ? agent.address : agent.node;
  return *std::move(report);
}

void AddReport(NodeReport report, ClusterTable<NodeReport>& reports) {
  const auto [row, is_new] = reports.rows.try_emplace(report.node, report);
  if (is_new) return;
  NodeReport& other = row->second;
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(other.addresses, report.addresses);
  append(other.own_addresses, report.own_addresses);
  std::sort(other.addresses.begin(), other.addresses.end(), [](const NodeAddress& a, const NodeAddress& b) {
    return std::tie(a.address, a.interface) < std::tie(b.address, b.interface);
  });
  std::sort(other.own_addresses.begin(), other.own_addresses.end());
  other.local_blocks.reset();
  other.read_at = std::min(other.read_at, report.read_at);
  other.kernel =
      absl::FailedPreconditionError(absl::StrCat("two agents say that they are on node ", Printable(report.node)));
}

void AgentReader::Read(const std::vector<AgentAddress>& agents, absl::Duration within,
                       ClusterTable<NodeReport>& reports) {
  const Deadline deadline(within);
  const size_t count = std::min(agents.size(), kMostAgents);
  reports.rows.clear();
  reports.read_at = absl::Now();
  size_t next = 0, running = 0, rows = 0;
  const auto take = [&](const AgentAddress& agent, const absl::StatusOr<HttpReply>& reply, absl::Time asked) {
    NodeReport report = ReportOf(agent, reply, asked);
    rows += report.addresses.size() + report.own_addresses.size();
    if (rows > kMostRows) report = Unknown(agent, absl::ResourceExhaustedError("all agents together say too much"));
    AddReport(std::move(report), reports);
  };
  std::function<void()> ask = [&] {
    if (next == count || deadline.Milliseconds() == 0) return;
    const AgentAddress& agent = agents[next++];
    HttpCall call{.url = absl::StrCat("http://", agent.address, "/api/v1/workloads"),
                  .within = std::min(kAnswerWithin, absl::Milliseconds(deadline.Milliseconds())),
                  .connect_within = kConnectWithin,
                  .most_bytes = kMostBytes,
                  .by_proxy = false,
                  .keep_open = false};
    transfers_.Start(std::move(call), [&, asked = absl::Now()](const absl::StatusOr<HttpReply>& reply) {
      --running;
      take(agent, reply, asked);
      ask();
    });
    ++running;
  };
  while (running < kAtOnce && next < count && deadline.Milliseconds() > 0) ask();
  transfers_.RunUntil([&] { return running == 0; });
  for (; next < count; ++next)
    AddReport(Unknown(agents[next], absl::DeadlineExceededError("there was no time to ask it")), reports);
  // Who gave the list says whether it is all nodes: the judge finds nodes without a report.
  reports.complete = agents.empty() ? absl::NotFoundError("no agent is known") : absl::OkStatus();
  if (agents.size() > kMostAgents)
    reports.complete = absl::ResourceExhaustedError(absl::StrCat("more than ", kMostAgents, " agents"));
}

}  // namespace caliwatch
