// SPDX-License-Identifier: Apache-2.0
// `show status`. Lines are known by their text: BIRD 2.x has one more before the times.

#include <algorithm>
#include <optional>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/string_view.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>

#include "lib/decode/bird_answers.h"
#include "lib/decode/bird_lines.h"
#include "lib/decode/bird_time.h"

namespace caliwatch {
namespace {

constexpr int kVersionCode = 1000;
constexpr int kPhaseCode = 13;

struct StatusTexts {
  absl::string_view version;
  absl::string_view router_id;
  absl::string_view now;
  absl::string_view rebooted;
  absl::string_view reconfigured;
  absl::string_view phase;
  bool recovering = false;
  absl::string_view pending;  // "1 protocols to recover"; "channels" since BIRD 2
  absl::string_view wait;     // "235/240"
};

void ReadLine(const BirdLine& line, StatusTexts& texts) {
  absl::string_view text = absl::StripLeadingAsciiWhitespace(line.text);
  if (line.code == kVersionCode && absl::ConsumePrefix(&text, "BIRD ")) texts.version = text;
  if (line.code == kPhaseCode) texts.phase = text;
  if (absl::ConsumePrefix(&text, "Router ID is ")) texts.router_id = text;
  if (absl::ConsumePrefix(&text, "Current server time is ")) texts.now = text;
  if (absl::ConsumePrefix(&text, "Last reboot on ")) texts.rebooted = text;
  if (absl::ConsumePrefix(&text, "Last reconfiguration on ")) texts.reconfigured = text;
  if (absl::StartsWith(text, "Graceful restart recovery in progress")) texts.recovering = true;
  if (absl::ConsumePrefix(&text, "Waiting for ")) texts.pending = text;
  if (absl::ConsumePrefix(&text, "Wait timer is ")) texts.wait = text;
}

absl::StatusOr<StatusTexts> TextsFrom(absl::string_view show_status) {
  StatusTexts texts;
  const absl::Status status = ForEachBirdLine(show_status, kVersionCode, [&](const BirdLine& line) {
    ReadLine(line, texts);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (texts.version.empty() || texts.now.empty())
    return absl::InvalidArgumentError(
        "BIRD's answer to `show status` has no line with its version, or none with its time");
  return texts;
}

BirdPhase PhaseFrom(absl::string_view text) {
  if (absl::StartsWith(text, "Reconfiguration in progress")) return BirdPhase::kReconfiguring;
  if (absl::StartsWith(text, "Shutdown in progress")) return BirdPhase::kShuttingDown;
  return BirdPhase::kRunning;
}

std::optional<GracefulRestartWait> RecoveryFrom(const StatusTexts& texts) {
  if (!texts.recovering) return std::nullopt;
  GracefulRestartWait recovery;
  absl::string_view pending = texts.pending;
  (void)absl::SimpleAtoi(TakeWord(pending), &recovery.pending_protocols);
  const size_t slash = std::min(texts.wait.find('/'), texts.wait.size());
  recovery.wait_remaining = BirdSecondsFrom(texts.wait.substr(0, slash)).value_or(absl::ZeroDuration());
  recovery.wait_total =
      BirdSecondsFrom(absl::StripPrefix(texts.wait.substr(slash), "/")).value_or(absl::ZeroDuration());
  return recovery;
}

// Between two times of one answer; never compared with an earlier answer's, for BIRD 1.x prints them up to a second
// off.
std::optional<absl::Duration> Between(absl::string_view earlier, absl::string_view later) {
  const std::optional<absl::Time> from = BirdTimeFrom(earlier);
  const std::optional<absl::Time> to = BirdTimeFrom(later);
  if (!from || !to) return std::nullopt;
  return std::max(*to - *from, absl::ZeroDuration());
}

}  // namespace

absl::StatusOr<BirdStatus> BirdStatusFrom(absl::string_view show_status) {
  const absl::StatusOr<StatusTexts> texts = TextsFrom(show_status);
  if (!texts.ok()) return texts.status();
  return BirdStatus{.version = std::string(texts->version),
                    .router_id = std::string(texts->router_id),
                    .phase = PhaseFrom(texts->phase),
                    .uptime = Between(texts->rebooted, texts->now),
                    .since_reconfiguration = Between(texts->reconfigured, texts->now),
                    .recovery = RecoveryFrom(*texts)};
}

absl::StatusOr<BirdClock> BirdClockFrom(absl::string_view show_status) {
  const absl::StatusOr<StatusTexts> texts = TextsFrom(show_status);
  if (!texts.ok()) return texts.status();
  return BirdClock{.now = BirdTimeFrom(texts->now)};
}

}  // namespace caliwatch
