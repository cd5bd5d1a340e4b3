// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <ctime>
#include <iostream>
#include <string>

#include <absl/cleanup/cleanup.h>
#include <absl/time/time.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/terminal.h"
#include "agent/config/live_paths.h"
#include "agent/config/load_config.h"
#include "agent/daemon/poll_once.h"
#include "lib/model/utf8.h"
#include "lib/view/terminal/frame.h"
#include "lib/view/terminal/report_text.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kBetweenPolls = absl::Seconds(2);

// Another page of the terminal, without cursor, whose lines are cut at the right edge; and back to the first.
constexpr absl::string_view kEnter = "\033[?1049h\033[?25l\033[?7l";
constexpr absl::string_view kLeave = "\033[?7h\033[?25h\033[?1049l";

// Returns the signal that came within the time, or 0.
int AwaitSignal(const sigset_t& signals, absl::Duration time) {
  const timespec limit = absl::ToTimespec(time);
  const int signal = sigtimedwait(&signals, nullptr, &limit);
  return signal > 0 ? signal : 0;
}

void WatchUntilSignal(const Config& config, const sigset_t& signals) {
  LiveNode node(PathsOf(config));
  Observer observer({.polls_to_hold = 2}, PeekState(config));
  // A finding counts once two polls have seen it: the first alone would say that nothing is wrong.
  std::cout << ScreenText("Looking at this node, twice…", TerminalRows()) << std::flush;
  PollOnce(node, observer);
  int signal = AwaitSignal(signals, absl::Seconds(1));
  while (signal == 0 || signal == SIGWINCH) {
    const Report report = PollOnce(node, observer);
    do {
      std::cout << ScreenText(ReportText(report, WantsColour()), TerminalRows()) << std::flush;
      signal = AwaitSignal(signals, kBetweenPolls);
    } while (signal == SIGWINCH && std::cout);
    if (!std::cout) return;
  }
}

ExitCode Watch(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << Printable(config.status().message()) << "\n";
    return kExitUsage;
  }
  if (isatty(STDOUT_FILENO) == 0) {
    std::cerr << "caliwatch: watch needs a terminal; `caliwatch check` prints once\n";
    return kExitUsage;
  }
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::cout << kEnter;
  const absl::Cleanup leave = [] { std::cout << kLeave << std::flush; };
  WatchUntilSignal(*config, signals);
  return kExitOk;
}

const RegisterCommand registered(
    {.place = 30,
     .name = "watch",
     .about = "The same as `check`, on the whole terminal, anew every two seconds until Ctrl-C.",
     .settings = SettingScope::kJudge,
     .footer = kExitCodes,
     .run = Watch});

}  // namespace

}  // namespace caliwatch
