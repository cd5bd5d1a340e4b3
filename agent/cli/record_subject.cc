// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/record_subject.h"

#include <iostream>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/config/live_paths.h"
#include "agent/daemon/boot_clock.h"
#include "agent/daemon/state_file.h"
#include "lib/node/recorded_node.h"
#include "lib/node/recording_node.h"

namespace caliwatch {
namespace {

// As two polls of the agent: what comes and goes within seconds is in one look alone, and a half-open session's other
// end has time to be heard.
constexpr int kSecondsBetween = 5;

void WaitForSecondLook() {
  const bool watched = isatty(STDERR_FILENO) != 0;
  for (int left = kSecondsBetween; left > 0; --left) {
    if (watched) std::cerr << "\r\033[KLooking at this node again in " << left << " s…" << std::flush;
    absl::SleepFor(absl::Seconds(1));
  }
  if (watched) std::cerr << "\r\033[K" << std::flush;
}

class NodeItself : public RecordSubject {
 public:
  explicit NodeItself(const Config& config) : node_(PathsOf(config)), state_file_(config.state_file) {}

  int looks() const override { return 2; }

  RawNode& Look(int number) override {
    if (number > 1) WaitForSecondLook();
    return node_;
  }

  absl::Time Now() const override { return absl::Now(); }

  RecordingHead Head() const override {
    return {.taken_at = absl::Now(), .kernel = RunningKernel(), .up = BootNow(), .boot_id = BootId()};
  }

  // What cannot be used here is recorded as the reason why.
  absl::StatusOr<std::string> AgentState() override {
    const absl::StatusOr<PersistentState> usable = state_file_.Peek();
    return usable.ok() ? state_file_.Text() : usable.status();
  }

 private:
  LiveNode node_;
  StateFile state_file_;
};

class RecordedOne : public RecordSubject {
 public:
  explicit RecordedOne(std::vector<std::unique_ptr<RecordedNode>> looks) : looks_(std::move(looks)) {}

  int looks() const override { return static_cast<int>(looks_.size()); }

  RawNode& Look(int number) override {
    at_ = number - 1;
    return *looks_[at_];
  }

  absl::Time Now() const override { return Head().taken_at; }
  RecordingHead Head() const override { return *looks_[at_]->head(); }
  absl::StatusOr<std::string> AgentState() override { return looks_.front()->ReadAgentState(); }

 private:
  std::vector<std::unique_ptr<RecordedNode>> looks_;
  size_t at_ = 0;
};

}  // namespace

std::unique_ptr<RecordSubject> LiveSubject(const Config& config) { return std::make_unique<NodeItself>(config); }

absl::StatusOr<std::unique_ptr<RecordSubject>> RecordedSubject(const std::string& folder) {
  auto looks = OpenRecording(folder);
  if (!looks.ok()) return looks.status();
  return std::make_unique<RecordedOne>(*std::move(looks));
}

}  // namespace caliwatch
