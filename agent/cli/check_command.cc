// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/terminal.h"
#include "agent/config/live_paths.h"
#include "agent/config/load_config.h"
#include "agent/daemon/play_recording.h"
#include "agent/daemon/poll_once.h"
#include "lib/analysis/observe.h"
#include "lib/model/utf8.h"
#include "lib/view/json/report_json.h"
#include "lib/view/summary.h"
#include "lib/view/terminal/report_text.h"
#include "lib/view/terminal/short_text.h"
#include "lib/view/terminal/wide_text.h"

namespace caliwatch {
namespace {

constexpr char kOwnExitCodes[] =
    "Exit codes: 0 no findings; 1 findings; 2 cannot judge, since something that this node should have could not be "
    "read;\n"
    "3 too early to say: BIRD has just started, and its sessions are not all up; ask again;\n"
    "64 the command line or the configuration is wrong; 70 a fault of caliwatch itself.\n";

// A finding must hold for two polls; a second between them is enough for what comes and goes with a pod.
constexpr absl::Duration kBetweenPolls = absl::Seconds(1);

bool AsksForBirdRoutes(const Observer& observer) {
  const PerFamily<bool>& ask = observer.ask_bird_routes();
  return ask[Family::kIpv4] || ask[Family::kIpv6];
}

Report JudgeThisNode(const Config& config, bool quiet) {
  const bool watched = !quiet && isatty(STDERR_FILENO) != 0;
  LiveNode node(PathsOf(config));
  Observer observer({.polls_to_hold = 2, .watched_routes = config.watched_routes}, PeekState(config));
  if (watched) std::cerr << "Looking at this node, twice or more, a second apart…" << std::flush;
  const auto poll_twice = [&] {
    PollOnce(node, observer);
    const bool asked = AsksForBirdRoutes(observer);
    absl::SleepFor(kBetweenPolls);
    Report second = PollOnce(node, observer);  // before it is asked what the two leave in doubt
    return std::pair(std::move(second), asked || AsksForBirdRoutes(observer));
  };
  auto [report, asked] = poll_twice();
  // Where BIRD's counters and the kernel disagree, only its whole table decides: twice, too.
  if (asked) {
    absl::SleepFor(kBetweenPolls);
    report = poll_twice().first;
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
    case Outcome::kStarting:
      return kExitStarting;
    case Outcome::kCannotJudge:
      break;
  }
  return kExitCannotJudge;
}

std::string TextFor(const Report& report, absl::string_view output) {
  if (output == "json") return ReportJson(report, "");
  if (output == "short") return ShortText(report);
  return absl::StrCat(ReportText(report, WantsColour()), output == "wide" ? WideText(report) : "");
}

ExitCode CheckNode(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << Printable(config.status().message()) << "\n";
    return kExitUsage;
  }
  const bool quiet = invocation.values.at("--quiet") == "true";
  const std::string& recording = invocation.values.at("--replay");
  const absl::StatusOr<Report> report = recording.empty() ? JudgeThisNode(*config, quiet) : JudgeRecording(recording);
  if (!report.ok()) {
    std::cerr << "caliwatch: cannot judge the recording: " << Printable(report.status().message()) << "\n";
    return kExitCannotJudge;
  }
  if (!quiet) std::cout << TextFor(*report, invocation.values.at("--output"));
  if (!std::cout.flush()) {
    std::cerr << "caliwatch: the answer could not be written\n";
    return kExitCannotJudge;
  }
  return ExitFor(Summarize(*report).outcome);
}

const RegisterCommand registered(
    {.place = 20,
     .name = "check",
     .about = "Look at this node once and say what is wrong with it.",
     .settings = SettingScope::kJudge,
     .options = {{.name = "--replay",
                  .placeholder = "DIR",
                  .help = "Judge what `caliwatch record` wrote instead of this node. Default: none."},
                 {.name = "--output",
                  .placeholder = "text|wide|short|json",
                  .help = "For people: text; wide, with all that is known of each peer, node and source; short, a line "
                          "a finding. For programs: json, as docs/json.md says. Default: text.",
                  .value = "text"},
                 {.name = "--quiet",
                  .placeholder = "",
                  .help = "Print nothing but errors: the exit code is the answer.",
                  .short_name = "-q"}},
     .footer = kOwnExitCodes,
     .run = CheckNode});

}  // namespace

}  // namespace caliwatch
