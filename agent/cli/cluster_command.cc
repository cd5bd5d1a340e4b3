// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/terminal.h"
#include "agent/config/agent_list.h"
#include "agent/nodes/agent_addresses.h"
#include "agent/nodes/node_reader.h"
#include "lib/cluster/judge.h"
#include "lib/cluster/neighbours.h"
#include "lib/model/utf8.h"
#include "lib/view/json/cluster_json.h"
#include "lib/view/terminal/cluster_text.h"

namespace caliwatch {
namespace {

constexpr char kOwnExitCodes[] =
    "Exit codes: 0 nothing wrong found; 1 findings, of the cluster or of a node; 2 cannot judge: some agent did not\n"
    "answer, or cannot judge its node; 3 not yet sure: look again;\n"
    "64 the command line is wrong; 70 a fault of caliwatch itself.\n";

// Agents poll every five seconds: two looks are to see two polls.
constexpr absl::Duration kBetweenLooks = absl::Seconds(7), kLookWithin = absl::Seconds(30);
constexpr char kOwnAgent[] = "127.0.0.1";

void Complain(absl::string_view words) { std::cerr << "caliwatch: " << Printable(words) << "\n"; }

ExitCode ExitFor(ClusterOutcome outcome) {
  switch (outcome) {
    case ClusterOutcome::kClean:
      return kExitOk;
    case ClusterOutcome::kFindings:
      return kExitFindings;
    case ClusterOutcome::kUnsure:
      return kExitStarting;
    case ClusterOutcome::kCannotJudge:
      break;
  }
  return kExitCannotJudge;
}

// Whom to ask: the agents that are named, or those that this node's own knows.
class Agents {
 public:
  explicit Agents(AgentList list) : list_(std::move(list)) {}

  // Unavailable: nobody is known.
  absl::StatusOr<std::vector<std::string>> Find(std::vector<std::string>& problems) const {
    std::vector<std::string> addresses;
    if (list_.hosts.empty()) return FromOwnAgent();
    for (const AgentAddress& agent : LookUpAgents(list_.hosts, problems)) addresses.push_back(agent.address);
    if (addresses.empty()) return absl::UnavailableError("no agent is known");
    return addresses;
  }

  bool are_named() const { return !list_.hosts.empty(); }

  // A node that this one has lost may be known to those that were asked: whom they name and nobody has asked.
  static std::vector<std::string> KnownToOthers(const std::vector<AskedAgent>& asked) {
    std::set<std::string> known, unasked;
    for (const AskedAgent& agent : asked) known.insert(agent.address);
    for (const AskedAgent& agent : asked)
      for (const IpAddress& address : agent.node.ok() ? NeighboursOf(*agent.node) : std::vector<IpAddress>())
        if (const std::string place = WithPort(address, AgentList::kPort); known.count(place) == 0)
          unasked.insert(place);
    return {unasked.begin(), unasked.end()};
  }

 private:
  static absl::StatusOr<std::vector<std::string>> FromOwnAgent() {
    const std::string own = absl::StrCat(kOwnAgent, ":", AgentList::kPort);
    const AskedAgent agent = AskAgent(own, NodeReader::kAnswerWithin);
    if (!agent.node.ok())
      return absl::UnavailableError(absl::StrCat(
          "this machine's own agent, which knows its neighbours, cannot be asked: ", agent.node.status().message(),
          "; name agents: --cluster.nodes dns:caliwatch.caliwatch.svc, or ADDRESS,ADDRESS"));
    std::vector<std::string> addresses;
    for (const IpAddress& address : NeighboursOf(*agent.node)) addresses.push_back(WithPort(address, AgentList::kPort));
    if (addresses.empty()) addresses.push_back(own);
    return addresses;
  }

  AgentList list_;
};

class Looker {
 public:
  explicit Looker(Agents agents) : agents_(std::move(agents)) {}

  absl::StatusOr<ClusterReport> Look() {
    problems_.clear();
    const absl::StatusOr<std::vector<std::string>> addresses = agents_.Find(problems_);
    if (!addresses.ok()) return addresses.status();
    std::vector<AskedAgent> asked = reader_.Read(*addresses, kLookWithin);
    if (!agents_.are_named()) {
      std::vector<AskedAgent> more = reader_.Read(agents_.KnownToOthers(asked), kLookWithin);
      std::move(more.begin(), more.end(), std::back_inserter(asked));
    }
    return JudgeCluster(asked, absl::Now(), state_);
  }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  Agents agents_;
  NodeReader reader_;
  ClusterState state_;
  std::vector<std::string> problems_;  // of the last look: what could not be found
};

// Twice; once more where the second look saw something that the first did not.
absl::StatusOr<ClusterReport> LookUntilSure(Looker& looker) {
  absl::StatusOr<ClusterReport> report = looker.Look();
  for (int more = 0; more < 2 && report.ok(); ++more) {
    if (more == 1 && report->outcome() != ClusterOutcome::kUnsure) break;
    absl::SleepFor(kBetweenLooks);
    report = looker.Look();
  }
  return report;
}

ExitCode Fail(const absl::Status& status) { return Complain(status.message()), kExitCannotJudge; }

// What could not be found may be a node.
ExitCode Print(const ClusterReport& report, const Looker& looker, absl::string_view output) {
  for (const std::string& problem : looker.problems()) Complain(problem);
  std::cout << (output == "json" ? ClusterJson(report) : ClusterText(report));
  if (!std::cout.flush()) return Fail(absl::UnavailableError("the answer could not be written"));
  const ExitCode exit = ExitFor(report.outcome());
  return exit == kExitOk && !looker.problems().empty() ? kExitCannotJudge : exit;
}

// Until a signal ends it; the exit code is that of the last look.
ExitCode Watch(Looker& looker, absl::string_view output) {
  TerminalInput input({SIGINT, SIGTERM, SIGHUP}, TerminalInput::kNoKeys);
  const bool draws = DrawsScreens() && output != "json";
  for (;;) {
    const absl::StatusOr<ClusterReport> report = looker.Look();
    if (draws) std::cout << "\033[H\033[2J";
    const ExitCode exit = report.ok() ? Print(*report, looker, output) : Fail(report.status());
    if (!std::cout || input.Await(kBetweenLooks).signal != 0) return exit;
  }
}

ExitCode Cluster(const Invocation& invocation) {
  AgentList list;
  if (const std::string& nodes = invocation.values.at("--cluster.nodes"); !nodes.empty()) {
    absl::StatusOr<AgentList> parsed = AgentListFrom(nodes);
    if (parsed.ok() && parsed->by_nodes)
      parsed = absl::InvalidArgumentError("'nodes' takes a Kubernetes API: write dns:NAME or addresses");
    if (!parsed.ok()) return Complain(parsed.status().message()), kExitUsage;
    list = *std::move(parsed);
  }
  Looker looker((Agents(std::move(list))));
  const std::string& output = invocation.values.at("--output");
  if (invocation.values.at("--watch") == "true") return Watch(looker, output);
  const bool watched = isatty(STDERR_FILENO) != 0;
  if (watched) std::cerr << "Asking the nodes' agents twice, " << kBetweenLooks << " apart…" << std::flush;
  const absl::StatusOr<ClusterReport> report = LookUntilSure(looker);
  if (watched) std::cerr << "\r\033[K" << std::flush;
  return report.ok() ? Print(*report, looker, output) : Fail(report.status());
}

const RegisterCommand registered(
    {.place = 34,
     .name = "cluster",
     .about = "Ask the agents of all nodes, and say what no node sees alone.",
     .options = {{.name = "--cluster.nodes",
                  .placeholder = "LIST",
                  .help =
                      "Whom to ask: dns:NAME, all addresses of a name, as of a headless Service; or ADDRESS, several "
                      "with commas, :PORT behind each. Default: the nodes that this machine's own agent knows."},
                 {.name = "--watch", .placeholder = "", .help = "Look again and again, until Ctrl-C."},
                 {.name = "--output",
                  .placeholder = "text|json",
                  .help = "For people, or for programs as docs/cluster.schema.json says. Default: text.",
                  .value = "text"}},
     .footer = kOwnExitCodes,
     .run = Cluster});

}  // namespace
}  // namespace caliwatch
