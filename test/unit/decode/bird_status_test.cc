// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/decode/bird_answers.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

std::string StatusAnswer(absl::string_view between, absl::string_view last = "0013 Daemon is up and running\n") {
  return absl::StrCat(
      "1000-BIRD v0.3.3+birdv1.6.8\n1011-Router ID is 10.39.1.231\n Current server time is 2026-11-20 23:28:41\n"
      " Last reboot on 2026-11-20 23:28:36\n Last reconfiguration on 2026-11-20 23:28:40\n",
      between, last);
}

TEST_CASE("a status tells version, router id and the times since start and reconfiguration") {
  const BirdStatus status = BirdStatusFrom(StatusAnswer("")).value();
  CHECK(status == BirdStatus{.version = "v0.3.3+birdv1.6.8",
                             .router_id = "10.39.1.231",
                             .phase = BirdPhase::kRunning,
                             .uptime = absl::Seconds(5),
                             .since_reconfiguration = absl::Seconds(1),
                             .recovery = {}});
}

TEST_CASE("graceful-restart recovery is told by protocols or by channels, with or without decimals") {
  const std::string start = "0024-Graceful restart recovery in progress\n";
  CHECK(BirdStatusFrom(StatusAnswer(start + "   Waiting for 12 protocols to recover\n   Wait timer is 235/240\n"))
            .value()
            .recovery == GracefulRestartWait{12, absl::Seconds(235), absl::Seconds(240)});
  CHECK(BirdStatusFrom(StatusAnswer(start + "   Waiting for 1 channels to recover\n   Wait timer is 234.958/240\n"))
            .value()
            .recovery == GracefulRestartWait{1, absl::Milliseconds(234958), absl::Seconds(240)});
}

TEST_CASE("a recovery is a recovery also when its details are not understood") {
  const std::string odd = "0024-Graceful restart recovery in progress\n   Waiting for many\n   Wait timer is soon\n";
  CHECK(BirdStatusFrom(StatusAnswer(odd)).value().recovery == GracefulRestartWait{});
}

TEST_CASE("the last line tells whether BIRD runs, reconfigures or shuts down") {
  CHECK(BirdStatusFrom(StatusAnswer("", "0013 Reconfiguration in progress\n")).value().phase ==
        BirdPhase::kReconfiguring);
  CHECK(BirdStatusFrom(StatusAnswer("", "0013 Shutdown in progress\n")).value().phase == BirdPhase::kShuttingDown);
}

TEST_CASE("lines of a newer BIRD are passed over") {
  CHECK(BirdStatusFrom(StatusAnswer("1027-Threads: 4\n Hostname is node-1\n")).value().uptime == absl::Seconds(5));
}

TEST_CASE("a clock in a format of its user's own is known to be unknown") {
  const std::string answer =
      "1000-BIRD 1.6.8\n1011-Current server time is 1795217590\n Last reboot on 1795217585\n0013 Up\n";
  CHECK_FALSE(BirdClockFrom(answer).value().now.has_value());
  CHECK_FALSE(BirdStatusFrom(answer).value().uptime.has_value());
}

TEST_CASE("an answer to another question is no status") {
  for (const absl::string_view answer :
       {"0000 \n", "1007-10.0.0.0/8 dev eth0 [direct1 12:00:00] * (240)\n0000 \n", "0013 Daemon is up and running\n",
        "1000-BIRD 1.6.8\n0013 Up\n", "1011-Current server time is 2026-11-20 23:28:41\n0013 Up\n"}) {
    INFO(answer);
    CHECK(absl::IsInvalidArgument(BirdStatusFrom(answer).status()));
    CHECK(absl::IsInvalidArgument(BirdClockFrom(answer).status()));
  }
}

TEST_CASE("a refused or broken status is an error of status and clock") {
  CHECK(absl::IsFailedPrecondition(BirdStatusFrom("9001 syntax error\n").status()));
  CHECK(absl::IsFailedPrecondition(BirdClockFrom("9001 syntax error\n").status()));
  CHECK(absl::IsInvalidArgument(BirdStatusFrom("1000-BIRD 1.6.8\n").status()));
  CHECK(absl::IsInvalidArgument(BirdClockFrom("1000-BIRD 1.6.8\n").status()));
}

}  // namespace
}  // namespace caliwatch
