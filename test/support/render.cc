// SPDX-License-Identifier: Apache-2.0

// Plays recordings through to everything that leaves the program: metrics, JSON, page, terminal, log and state file.
// What it prints before and after a change of the code is the proof that the change shows nowhere.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "agent/build/version.h"
#include "lib/analysis/observe.h"
#include "lib/analysis/state/state_text.h"
#include "lib/metrics/exposition.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "lib/view/html/status_page.h"
#include "lib/view/json/report_json.h"
#include "lib/view/log/change_log.h"
#include "lib/view/terminal/report_text.h"
#include "test/support/faulty_node.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kInterval = absl::Seconds(5);

// One node, observed poll after poll.
class Playback {
 public:
  explicit Playback(Limits limits) : observer_(limits) {}

  void Poll(RawNode& node, absl::Time at, absl::string_view title) {
    if (!began_) began_ = at;
    const Report report = observer_.Observe(
        ReadSnapshot(node, [&] { return at; },
                     {.boot_time = at - *began_ + absl::Hours(1), .ask_bird_routes = observer_.ask_bird_routes()}));
    std::cout << "######## " << title << " at " << at << "\n";
    Print("log", LogOf(report));
    Print("metrics", RenderMetrics({report, ProcessStats(), PeerDetail::kAll}));
    Print("json", ReportJson(report, ""));
    Print("terminal", ReportText(report, true));
    Print("page", StatusPage(report, {.telemetry_path = "/metrics",
                                      .now = at + absl::Seconds(1),
                                      .version = Version(),
                                      .revision = Revision()}));
    Print("state", StateText(observer_.kept(), "boot"));
    before_ = report;
  }

 private:
  static void Print(absl::string_view what, absl::string_view text) {
    std::cout << "==== " << what << "\n"
              << absl::StrReplaceAll(text, {{Revision(), "REVISION"}, {Version(), "VERSION"}}) << "\n";
  }

  std::string LogOf(const Report& report) {
    std::string lines;
    for (const LogRecord& record : RecordsOf(before_ ? &*before_ : nullptr, report)) {
      absl::StrAppend(&lines, static_cast<int>(record.level), " ", record.message);
      for (const LogField& field : record.fields) absl::StrAppend(&lines, " ", field.key, "=", field.value);
      absl::StrAppend(&lines, "\n");
    }
    return lines;
  }

  Observer observer_;
  std::optional<absl::Time> began_;
  std::optional<Report> before_;
};

// As `check --replay`; then as an agent, which sees the node well, then each source fail in turn, then well again.
void PlayOne(const std::string& folder) {
  RecordedNode recorded(folder);
  const absl::Time at = recorded.TakenAt().value();
  Playback({.polls_to_hold = 1}).Poll(recorded, at, absl::StrCat(folder, " once"));

  Playback agent({});
  absl::Time now = at;
  const auto poll = [&](RawNode& node, absl::string_view how) {
    agent.Poll(node, now, absl::StrCat(folder, " ", how));
    now += kInterval;
  };
  for (int i = 0; i < 4; ++i) poll(recorded, "well");
  for (const std::string source : {"links", "addresses", "routes", "neighbors", "fdb", "netconf", "neighbor_limits",
                                   "bgp_sockets", "pods", "bird", "bird6", "nodename", "mtu", "endpoint_status"}) {
    FaultyNode faulty(recorded);
    faulty.Fail(source, absl::UnavailableError("broken on purpose"));
    poll(faulty, absl::StrCat("without ", source));
  }
  for (int i = 0; i < 3; ++i) poll(recorded, "well again");
}

// Each recording is one poll, in the order of their times.
void PlaySeries(const std::string& folder) {
  std::vector<std::pair<absl::Time, std::string>> recordings;
  for (const auto& entry : fs::directory_iterator(folder))
    if (const auto at = RecordedNode(entry.path()).TakenAt(); at.ok()) recordings.emplace_back(*at, entry.path());
  std::sort(recordings.begin(), recordings.end());
  Playback agent({});
  for (const auto& [at, path] : recordings) {
    RecordedNode node(path);
    agent.Poll(node, at, path);
  }
}

}  // namespace
}  // namespace caliwatch

int main(int argc, char** argv) {
  if (argc < 2)
    return std::fputs("usage: caliwatch_render FOLDER... (a recording, or a folder of several)\n", stderr), 2;
  for (int i = 1; i < argc; ++i) {
    const bool single = std::filesystem::exists(std::filesystem::path(argv[i]) / "recording.txt");
    single ? caliwatch::PlayOne(argv[i]) : caliwatch::PlaySeries(argv[i]);
  }
  return std::cout.flush() ? 0 : 1;
}
