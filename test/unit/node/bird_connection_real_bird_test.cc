// SPDX-License-Identifier: Apache-2.0
// BirdConnection against Debian's BIRD itself.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <optional>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>

#include "lib/node/bird_connection.h"
#include "test/support/catch.h"
#include "test/support/real_bird.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

constexpr BirdLimits kPatient{.greeting = absl::Seconds(30), .answer = absl::Seconds(30)};
constexpr BirdLimits kHasty{.greeting = absl::Milliseconds(200), .answer = absl::Milliseconds(200)};

// Both versions, each started; none, with a warning, where that cannot be.
struct Daemon {
  Daemon() {
    const auto package = GENERATE(as<std::string>(), "bird", "bird2");
    const std::string why_not = RealBird::WhyNot(package);
    if (!why_not.empty()) {
      WARN("skipped: " << why_not);
      return;
    }
    bird.emplace(package, folder.path());
    bird->Start();
  }

  TemporaryFolder folder;
  std::optional<RealBird> bird;
};

// Without dates and times: BIRD 1.x prints the same one now a second earlier, now later.
std::string Comparable(absl::string_view text) {
  std::string comparable;
  while (!text.empty()) {
    const absl::string_view run = text.substr(0, std::max<size_t>(1, text.find_first_not_of("0123456789:.-")));
    const bool moment = std::count(run.begin(), run.end(), ':') == 2 || std::count(run.begin(), run.end(), '-') == 2;
    absl::StrAppend(&comparable, moment ? "<time>" : run);
    text.remove_prefix(run.size());
  }
  return comparable;
}

// birdc aligns continuation lines with the others, and keeps a bare "0000 " to itself.
std::string AsBirdcPrints(absl::string_view answer) {
  return absl::StrReplaceAll(absl::StripSuffix(answer, "0000 \n"), {{"\n ", "\n     "}});
}

bool AnswersInTheEnd(BirdConnection& connection) {
  for (int tries = 0; tries < 100; ++tries)
    if (connection.Ask(BirdQuestion::kStatus).ok()) return true;
  return false;
}

}  // namespace

TEST_CASE("a real BIRD's answers are the ones that birdc gets") {
  Daemon daemon;
  if (!daemon.bird) return;
  BirdConnection connection(daemon.bird->socket(), kPatient);
  for (const BirdQuestion question :
       {BirdQuestion::kStatus, BirdQuestion::kProtocols, BirdQuestion::kProtocolsAll, BirdQuestion::kRoutes}) {
    const absl::StatusOr<std::string> answer = connection.Ask(question);
    REQUIRE(answer.ok());
    const std::string seen = Comparable(AsBirdcPrints(*answer));
    const std::string expected = Comparable(daemon.bird->Birdc(ToString(question)));
    CHECK(expected.substr(expected.find("0016 Access restricted\n")) == "0016 Access restricted\n" + seen);
  }
}

TEST_CASE("a stopped BIRD is silence, whether we were connected or not, and both recover when it goes on") {
  Daemon daemon;
  if (!daemon.bird) return;
  BirdConnection kept(daemon.bird->socket(), kHasty), fresh(daemon.bird->socket(), kHasty);
  CHECK(AnswersInTheEnd(kept));

  daemon.bird->Signal(SIGSTOP);
  const absl::Status unanswered = kept.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsDeadlineExceeded(unanswered));
  CHECK(Says(unanswered, "its answer to 'show status'"));
  const absl::Status ungreeted = fresh.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsDeadlineExceeded(ungreeted));
  CHECK(Says(ungreeted, "its greeting"));

  daemon.bird->Signal(SIGCONT);
  CHECK(AnswersInTheEnd(kept));
  CHECK(AnswersInTheEnd(fresh));
}

TEST_CASE("asking a stopped BIRD for long fills its queue") {
  Daemon daemon;
  if (!daemon.bird) return;
  daemon.bird->Signal(SIGSTOP);
  BirdConnection connection(daemon.bird->socket(), {.greeting = absl::Milliseconds(10), .answer = absl::Seconds(30)});
  absl::Status status;
  for (int polls = 0; polls < 20 && !absl::IsResourceExhausted(status); ++polls)
    status = connection.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsResourceExhausted(status));
}

TEST_CASE("a killed BIRD is unavailable, and the next one is asked without an error in between") {
  Daemon daemon;
  if (!daemon.bird) return;
  BirdConnection connection(daemon.bird->socket(), kPatient);
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());

  daemon.bird->Signal(SIGKILL);
  const absl::Status status = connection.Ask(BirdQuestion::kStatus).status();
  CHECK(absl::IsUnavailable(status));
  CHECK(Says(status, "nobody listens"));
  CHECK(absl::IsUnavailable(BirdConnection(daemon.bird->socket(), kPatient).Ask(BirdQuestion::kStatus).status()));

  daemon.bird->Start();
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());
  daemon.bird->Signal(SIGKILL);
  daemon.bird->Start();
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());
}

TEST_CASE("a BIRD that ended cleanly is not found, and comes back when it is started") {
  Daemon daemon;
  if (!daemon.bird) return;
  BirdConnection connection(daemon.bird->socket(), kPatient);
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());

  daemon.bird->Signal(SIGTERM);
  CHECK(absl::IsNotFound(connection.Ask(BirdQuestion::kStatus).status()));
  daemon.bird->Start();
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());
}

TEST_CASE("a BIRD whose socket was removed is not found, though it runs on") {
  Daemon daemon;
  if (!daemon.bird) return;
  BirdConnection connection(daemon.bird->socket(), kPatient);
  CHECK(connection.Ask(BirdQuestion::kStatus).ok());
  std::filesystem::remove(daemon.bird->socket());
  CHECK(absl::IsNotFound(connection.Ask(BirdQuestion::kStatus).status()));
}

}  // namespace caliwatch
