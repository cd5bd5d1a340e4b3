// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/terminal.h"
#include "agent/config/agent_list.h"
#include "agent/nodes/cluster_looks.h"
#include "lib/cluster/judge.h"
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
constexpr absl::Duration kBetweenLooks = absl::Seconds(7);

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

// Twice; once more where the second look saw something that the first did not.
absl::StatusOr<ClusterReport> LookUntilSure(ClusterLooks& looks) {
  absl::StatusOr<ClusterReport> report = looks.Look();
  for (int more = 0; more < 2 && report.ok(); ++more) {
    if (more == 1 && report->outcome() != ClusterOutcome::kUnsure) break;
    absl::SleepFor(kBetweenLooks);
    report = looks.Look();
  }
  return report;
}

ExitCode Fail(const absl::Status& status) { return Complain(status.message()), kExitCannotJudge; }

// What could not be found may be a node.
ExitCode Print(const ClusterReport& report, absl::string_view output) {
  for (const std::string& problem : report.problems) Complain(problem);
  std::cout << (output == "json" ? ClusterJson(report) : ClusterText(report));
  if (!std::cout.flush()) return Fail(absl::UnavailableError("the answer could not be written"));
  return ExitFor(report.outcome());
}

// Until a signal ends it; the exit code is that of the last look.
ExitCode Watch(ClusterLooks& looks, absl::string_view output) {
  TerminalInput input({SIGINT, SIGTERM, SIGHUP}, TerminalInput::kNoKeys);
  const bool draws = DrawsScreens() && output != "json";
  for (;;) {
    const absl::StatusOr<ClusterReport> report = looks.Look();
    if (draws) std::cout << "\033[H\033[2J";
    const ExitCode exit = report.ok() ? Print(*report, output) : Fail(report.status());
    if (!std::cout || input.Await(kBetweenLooks).signal != 0) return exit;
  }
}

ExitCode Cluster(const Invocation& invocation) {
  AgentList list;
  if (const std::string& nodes = invocation.values.at("--cluster.nodes"); !nodes.empty()) {
    absl::StatusOr<AgentList> parsed = NamedAgentsFrom(nodes);
    if (!parsed.ok()) return Complain(parsed.status().message()), kExitUsage;
    list = *std::move(parsed);
  }
  ClusterLooks looks({.agents = std::move(list)});
  const std::string& output = invocation.values.at("--output");
  if (invocation.values.at("--watch") == "true") return Watch(looks, output);
  const bool watched = isatty(STDERR_FILENO) != 0;
  if (watched) std::cerr << "Asking the nodes' agents twice, " << kBetweenLooks << " apart…" << std::flush;
  const absl::StatusOr<ClusterReport> report = LookUntilSure(looks);
  if (watched) std::cerr << "\r\033[K" << std::flush;
  return report.ok() ? Print(*report, output) : Fail(report.status());
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
