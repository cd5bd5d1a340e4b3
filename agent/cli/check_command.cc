// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/commands.h"
#include "agent/config/live_paths.h"
#include "agent/daemon/poll_once.h"
#include "lib/analysis/observe.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "lib/view/summary.h"

namespace caliwatch {
namespace {

// A finding must hold for two looks; a second between them is enough for what comes and goes with a pod.
constexpr absl::Duration kBetweenPolls = absl::Seconds(1);

absl::StatusOr<Report> JudgeRecording(const std::string& folder) {
  RecordedNode node(folder);
  const absl::StatusOr<absl::Time> taken_at = node.TakenAt();
  if (!taken_at.ok()) return taken_at.status();
  return Observer({.polls_to_hold = 1}).Observe(ReadSnapshot(node, [&] { return *taken_at; }));
}

Report JudgeThisNode(const Config& config) {
  const bool watched = isatty(STDERR_FILENO) != 0;
  LiveNode node(PathsOf(config));
  Observer observer({.polls_to_hold = 2}, PeekState(config));
  if (watched) std::cerr << "Looking at this node, twice or more, a second apart…" << std::flush;
  const auto poll_twice = [&] {
    PollOnce(node, observer);
    absl::SleepFor(kBetweenPolls);
    return PollOnce(node, observer);
  };
  Report report = poll_twice();
  // Where BIRD's counters and the kernel disagree, only its whole table can tell.
  if (const PerFamily<bool>& ask = observer.ask_bird_routes(); ask[Family::kIpv4] || ask[Family::kIpv6]) {
    absl::SleepFor(kBetweenPolls);
    report = poll_twice();
  }
  if (watched) std::cerr << "\r\033[K" << std::flush;
  return report;
}

ExitCode ExitFor(Outcome outcome) {
  switch (outcome) {
    case Outcome::kClean:
      return kExitOk;
    case Outcome::kFindings:
      return kExitFindings;
    case Outcome::kCannotJudge:
      break;
  }
  return kExitCannotJudge;
}

}  // namespace

ExitCode RunCheck(const CommandLine& command_line) {
  const absl::StatusOr<Config> config = LoadConfig(command_line);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << config.status().message() << "\n";
    return kExitUsage;
  }
  const absl::StatusOr<Report> report =
      command_line.replay_folder.empty() ? JudgeThisNode(*config) : JudgeRecording(command_line.replay_folder);
  if (!report.ok()) {
    std::cerr << "caliwatch: cannot judge the recording: " << report.status().message() << "\n";
    return kExitCannotJudge;
  }
  std::cout << (command_line.output == OutputFormat::kJson ? ReportJson(*report, "")
                                                           : ReportText(*report, WantsColour()));
  if (!std::cout.flush()) {
    std::cerr << "caliwatch: the answer could not be written\n";
    return kExitCannotJudge;
  }
  return ExitFor(OutcomeOf(*report));
}

}  // namespace caliwatch
