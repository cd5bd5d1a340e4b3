// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/cluster_looks.h"

#include <iterator>
#include <set>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include "agent/nodes/agent_addresses.h"
#include "lib/cluster/neighbours.h"

namespace caliwatch {
namespace {

// "127.0.0.1:10179", "[::1]:10179".
std::string PlaceOf(const std::string& host, int port) {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(host);
  return address.ok() ? WithPort(*address, port) : absl::StrCat(host, ":", port);
}

}  // namespace

ClusterLooks::ClusterLooks(LookOptions options) : options_(std::move(options)), reader_(options_.limits) {}

absl::StatusOr<std::vector<std::string>> ClusterLooks::FindAgents(std::vector<std::string>& problems,
                                                                  bool& are_named) const {
  std::vector<std::string> addresses;
  for (const AgentAddress& agent : LookUpAgents(options_.agents.hosts, problems)) addresses.push_back(agent.address);
  are_named = !addresses.empty();
  if (are_named) return addresses;
  if (options_.agents.hosts.empty() || options_.or_own_agent) return FromOwnAgent();
  return absl::UnavailableError("no agent is known");
}

absl::StatusOr<std::vector<std::string>> ClusterLooks::FromOwnAgent() const {
  const std::string own = PlaceOf(options_.own_agent_host, options_.own_agent_port);
  const AskedAgent agent = AskAgent(own, NodeReader::kAnswerWithin);
  if (!agent.node.ok())
    return absl::UnavailableError(absl::StrCat(
        "this machine's own agent, which knows its neighbours, cannot be asked: ", agent.node.status().message(),
        "; name agents: --cluster.nodes dns:caliwatch.caliwatch.svc, or ADDRESS,ADDRESS"));
  std::vector<std::string> addresses;
  for (const IpAddress& address : NeighboursOf(*agent.node))
    addresses.push_back(WithPort(address, options_.own_agent_port));
  if (addresses.empty()) addresses.push_back(own);
  return addresses;
}

// A node that this one has lost may be known to those that were asked: whom they name and nobody has asked.
std::vector<std::string> ClusterLooks::KnownToOthers(const std::vector<AskedAgent>& asked) const {
  std::set<std::string> known, unasked;
  for (const AskedAgent& agent : asked) known.insert(agent.address);
  for (const AskedAgent& agent : asked)
    for (const IpAddress& address : agent.node.ok() ? NeighboursOf(*agent.node) : std::vector<IpAddress>())
      if (const std::string place = WithPort(address, options_.own_agent_port); known.count(place) == 0)
        unasked.insert(place);
  return {unasked.begin(), unasked.end()};
}

absl::StatusOr<ClusterReport> ClusterLooks::Look() {
  std::vector<std::string> problems;
  bool are_named = false;
  const absl::StatusOr<std::vector<std::string>> addresses = FindAgents(problems, are_named);
  if (!addresses.ok())
    return absl::UnavailableError(
        absl::StrCat(absl::StrJoin(problems, "; "), problems.empty() ? "" : "; ", addresses.status().message()));
  std::vector<AskedAgent> asked = reader_.Read(*addresses, options_.within);
  if (!are_named) {
    std::vector<AskedAgent> more = reader_.Read(KnownToOthers(asked), options_.within);
    std::move(more.begin(), more.end(), std::back_inserter(asked));
  }
  if (addresses->size() > options_.limits.most_agents)
    problems.push_back(absl::StrCat(addresses->size() - options_.limits.most_agents, " agents more than ",
                                    options_.limits.most_agents, ", which is how many are asked"));
  ClusterReport report = JudgeCluster(asked, absl::Now(), state_);
  report.problems = std::move(problems);
  report.tunnels_compared = !options_.limits.is_short(addresses->size());
  return report;
}

}  // namespace caliwatch
