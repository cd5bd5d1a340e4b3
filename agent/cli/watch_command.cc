// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/terminal.h"
#include "agent/config/live_paths.h"
#include "agent/config/load_config.h"
#include "agent/daemon/poll_once.h"
#include "lib/model/utf8.h"
#include "lib/view/terminal/news.h"
#include "lib/view/terminal/pager.h"
#include "lib/view/terminal/report_text.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kBetweenPolls = absl::Seconds(2);
constexpr char kLooking[] = "Looking at this node, twice…";

// Another page of the terminal, without cursor, whose lines are cut at the right edge; and back to the first.
constexpr absl::string_view kEnter = "\033[?1049h\033[?25l\033[?7l";
constexpr absl::string_view kLeave = "\033[?7h\033[?25h\033[?1049l";

// A finding counts once two polls have seen it: the first alone would say that nothing is wrong.
struct Watched {
  LiveNode node;
  Observer observer;

  explicit Watched(const Config& config)
      : node(PathsOf(config)),
        observer({.polls_to_hold = 2, .watched_routes = config.watched_routes}, PeekState(config)) {}
  Report Poll() { return PollOnce(node, observer); }
};

// The whole terminal, with keys.
class Screen {
 public:
  explicit Screen(TerminalInput& input) : input_(input) {
    std::cout << kEnter;
    pager_.Show(kLooking);
    Draw();
  }
  ~Screen() { std::cout << kLeave << std::flush; }

  // What somebody has seen: the first report, and after that whatever was there when a key was pressed.
  void Show(Report report) {
    if (!report_) news_.See(report);
    report_ = std::move(report);
    ShowNews();
    Draw();
  }

  // Follows keys and the window for so long; false: it is to end.
  bool Wait(absl::Duration time) {
    const absl::Time until = absl::Now() + time;
    for (absl::Duration left = time; left > absl::ZeroDuration(); left = until - absl::Now()) {
      if (!std::cout) return false;
      const TerminalEvent event = input_.Await(left);
      if (event.signal != 0 && event.signal != SIGWINCH) return false;
      for (const Key& key : event.keys)
        if (!pager_.Press(key)) return false;
      if (!event.keys.empty()) Seen();
      if (!event.keys.empty() || event.signal != 0) Draw();
    }
    return true;
  }

 private:
  void Seen() {
    if (!report_) return;
    news_.See(*report_);
    ShowNews();
  }
  void ShowNews() {
    pager_.Show(absl::StrCat(news_.Text(*report_, WantsColour()), ReportText(*report_, WantsColour())));
  }
  void Draw() { std::cout << pager_.Frame(TerminalRows()) << std::flush; }

  TerminalInput& input_;
  Pager pager_{WantsColour()};
  News news_;
  std::optional<Report> report_;
};

void WatchOnScreen(Watched& watched, TerminalInput& input) {
  Screen screen(input);
  watched.Poll();
  for (bool go_on = screen.Wait(absl::Seconds(1)); go_on; go_on = screen.Wait(kBetweenPolls))
    screen.Show(watched.Poll());
}

// A terminal that only takes lines gets the report, and from then on what changes.
void WatchInLines(Watched& watched, TerminalInput& input) {
  std::cout << kLooking << std::endl;
  watched.Poll();
  News news;
  for (absl::Duration pause = absl::Seconds(1); std::cout; pause = kBetweenPolls) {
    if (input.Await(pause).signal != 0) return;
    const Report report = watched.Poll();
    std::cout << (pause == kBetweenPolls ? news.Text(report, false) : ReportText(report, false)) << std::flush;
    news.See(report);
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
  Watched watched(*config);
  if (DrawsScreens()) {
    TerminalInput input({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}, TerminalInput::kKeys);
    WatchOnScreen(watched, input);
  } else {
    TerminalInput input({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}, TerminalInput::kNoKeys);
    WatchInLines(watched, input);
  }
  return kExitOk;
}

const RegisterCommand registered(
    {.place = 30,
     .name = "watch",
     .about = "The same as `check`, on the whole terminal, anew every two seconds until q or Ctrl-C.",
     .settings = SettingScope::kJudge,
     .footer = kExitCodes,
     .run = Watch});

}  // namespace

}  // namespace caliwatch
