// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/bird_table_query.h"

#include "lib/model/bird_effort.h"
#include "test/support/catch.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

// Follows the node's doubts; `answer` is what BIRD says when it is asked.
struct Watch {
  bool Poll(bool missed = false) {
    Snapshot look = node.Look();
    if (doubt.ask_bird_routes() || always) look.birds[Family::kIpv4].routes = answer;
    kept = doubt.Follow(BirdView(look, Family::kIpv4), TallyOf(*look.routes), look.birds[Family::kIpv4].routes, missed,
                        polls_to_doubt);
    node.Pass(absl::Seconds(5));
    return doubt.ask_bird_routes();
  }
  int PollsUntilAsked(int most = 1000) {
    int polls = 1;
    while (!Poll() && polls < most) ++polls;
    return polls;
  }

  RestartingNode node;
  BirdTableQuery doubt;
  int polls_to_doubt = BirdTableQuery::kPollsToDoubt;
  bool always = false;  // each poll brings the answer
  Table<BirdRoute> answer = std::vector<BirdRoute>{};
  Table<BirdRoute> kept = absl::UnknownError("no poll yet");
};

// The route of the first peer, as BIRD has it.
BirdRoute FirstRoute(RestartingNode& node) {
  BirdRoute route;
  route.destination = *Prefix::Parse("192.168.219.0/26");
  route.protocol = node.Peer(0).name;
  route.next_hops = {{*node.Peer(0).address, "eth0"}};
  route.best = true;
  return route;
}

TEST_CASE("while BIRD's counters and the kernel agree, its table is never asked for") {
  Watch watch;
  for (int poll = 0; poll < 100; ++poll) CHECK_FALSE(watch.Poll());
  CHECK(absl::IsNotFound(watch.kept.status()));
}

TEST_CASE(
    "a disagreement of two polls is worth asking, and what was asked in vain is not asked again for five minutes") {
  Watch watch;
  watch.node.SetExported(4);
  CHECK_FALSE(watch.Poll());
  CHECK(watch.Poll());
  CHECK_FALSE(watch.Poll());  // answered, and nothing found
  CHECK(watch.PollsUntilAsked() == 60);
}

TEST_CASE("an answer that explains nothing is judged by once, and not held while BIRD's counter stays wrong") {
  Watch watch;
  watch.answer->push_back(FirstRoute(watch.node));
  watch.node.SetExported(4);
  watch.Poll();
  watch.Poll();
  watch.Poll();
  CHECK(watch.kept.ok());
  watch.Poll();
  CHECK(absl::IsNotFound(watch.kept.status()));
  watch.node.LoseRoute(0);
  CHECK(watch.PollsUntilAsked() == 1);
  watch.Poll();
  CHECK(watch.kept.ok());
  watch.Poll();
  CHECK(watch.kept.ok());
}

TEST_CASE("a large table is held though it explains nothing, and tells at once which route the kernel lost") {
  Watch watch;
  BirdRoute other = FirstRoute(watch.node);
  other.best = false;
  watch.answer->resize(kManyRoutes, other);
  watch.answer->push_back(FirstRoute(watch.node));
  watch.node.SetExported(4);
  for (int poll = 0; poll < 4; ++poll) watch.Poll();
  CHECK(watch.kept.ok());
  watch.node.LoseRoute(0);
  watch.Poll();
  CHECK(watch.kept.ok());
}

TEST_CASE("a poll that brings BIRD's table unasked, as a recording's, is judged by it if it disagrees, and only then") {
  Watch watch;
  watch.always = true;
  watch.polls_to_doubt = 1;
  watch.Poll();
  CHECK(absl::IsNotFound(watch.kept.status()));
  watch.node.SetExported(4);
  watch.Poll();
  CHECK(watch.kept.ok());
  watch.answer = absl::UnavailableError("not recorded");
  watch.Poll();
  CHECK(absl::IsUnavailable(watch.kept.status()));
}

TEST_CASE(
    "an answer that explains something is kept while the doubt lasts, asked again every 30 seconds, then dropped") {
  Watch watch;
  watch.answer->push_back(FirstRoute(watch.node));
  watch.node.LoseRoute(0);
  watch.Poll();
  watch.Poll();
  watch.Poll();
  REQUIRE(watch.kept.ok());
  CHECK(watch.kept->size() == 1);
  CHECK(watch.PollsUntilAsked() == 6);
  watch.node.ReturnRoute(0);
  watch.Poll();
  CHECK(absl::IsNotFound(watch.kept.status()));
}

TEST_CASE("an answer is not believed any more once BIRD's own counters have moved") {
  Watch watch;
  watch.answer->push_back(FirstRoute(watch.node));
  watch.node.LoseRoute(0);
  for (int poll = 0; poll < 3; ++poll) watch.Poll();
  REQUIRE(watch.kept.ok());
  watch.node.Disconnect(0);
  watch.Poll();
  CHECK(absl::IsNotFound(watch.kept.status()));
}

TEST_CASE("while BIRD recovers there is no doubt, only patience") {
  Watch watch;
  watch.node.SetExported(0);
  watch.node.node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{1, absl::Seconds(9), absl::Seconds(240)};
  for (int poll = 0; poll < 10; ++poll) CHECK_FALSE(watch.Poll());
}

TEST_CASE("what convergence misses is asked at once, and a failed answer stays a failure") {
  Watch watch;
  watch.answer = absl::DeadlineExceededError("silence");
  CHECK(watch.Poll(true));
  watch.Poll(true);
  CHECK(absl::IsDeadlineExceeded(watch.kept.status()));
}

}  // namespace
}  // namespace caliwatch
