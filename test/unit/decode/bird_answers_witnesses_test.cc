// SPDX-License-Identifier: Apache-2.0
// The recordings held against each other and against the kernel's own list of the same moment.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/decode/bird_answers.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

std::vector<BirdRoute> RecordedRoutes(const std::string& recording) {
  const auto routes = BirdRoutesFrom(ReadBirdRecording(recording), BirdClock{});
  return routes.value();
}

TEST_CASE("the short and the long answer of a moment tell the same") {
  const auto as_row = [](const BgpPeer& peer) {
    return std::vector<std::string>{peer.name,
                                    peer.type,
                                    std::string(ToString(peer.state)),
                                    peer.since_text.substr(0, peer.since_text.find('.')),
                                    peer.bgp_state_text == "Down" ? "" : peer.bgp_state_text,
                                    peer.error.text};
  };
  for (const std::string& recording : BirdRecordingsOf("__show_protocols_all")) {
    INFO(recording);
    const BirdProtocols all = BirdProtocolsFrom(ReadBirdRecording(recording), BirdClock{}).value();
    const BirdProtocols rows =
        BirdProtocolsFrom(ReadBirdRecording(SituationOf(recording) + "__show_protocols.txt"), BirdClock{}).value();
    for (const BgpPeer& peer : all.peers) {
      const auto row = std::find_if(rows.peers.begin(), rows.peers.end(),
                                    [&](const BgpPeer& other) { return other.name == peer.name; });
      REQUIRE(row != rows.peers.end());
      CHECK(as_row(peer) == as_row(*row));
    }
  }
}

TEST_CASE("a refusal of the recorded conversations is told in BIRD's own words") {
  int refusals = 0;
  for (const std::string& recording : BirdRecordingsOf("errors__conversation")) {
    const std::string conversation = ReadBirdRecording(recording);
    for (absl::string_view exchange : absl::StrSplit(conversation, absl::ByString("\n> "))) {
      const size_t answer_at = exchange.find('\n') + 1;
      const std::string answer = absl::StrCat(absl::StripSuffix(exchange.substr(answer_at), "\n"), "\n");
      const size_t last_line = answer.rfind('\n', answer.size() - 2) + 1;
      if (answer[last_line] != '8' && answer[last_line] != '9') continue;
      INFO(answer);
      ++refusals;
      const absl::Status status = BirdProtocolsFrom(answer, BirdClock{}).status();
      CHECK(absl::IsFailedPrecondition(status));
      CHECK(absl::StrContains(status.message(), absl::StripSuffix(answer.substr(last_line), "\n")));
    }
  }
  CHECK(refusals == 29);
}

// "192.168.36.0/26 via 10.39.1.36 dev eth0 proto bird". Leaves out direct routes, of which BIRD 1.x hands the kernel
// none.
std::vector<std::string> KernelRoutes(const std::string& ip_route) {
  std::vector<std::string> routes;
  for (const absl::string_view line : absl::StrSplit(ip_route, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (!absl::StrContains(line, " proto bird")) continue;
    if (words[0] == "blackhole") routes.push_back(words[1] + " blackhole");
    if (words[1] == "via") routes.push_back(absl::StrCat(words[0], " ", words[2], " ", words[4]));
  }
  std::sort(routes.begin(), routes.end());
  return routes;
}

TEST_CASE("BIRD's best routes are those that the kernel had at that moment") {
  int compared = 0;
  for (const std::string& recording : BirdRecordingsOf("__KERNEL_ip_route")) {
    const std::string situation = SituationOf(recording);
    INFO(situation);
    if (BirdStatusFrom(ReadBirdRecording(situation + "__show_status.txt")).value().recovery) continue;
    const std::vector<BirdRoute> routes = RecordedRoutes(situation + "__show_route.txt");
    std::vector<std::string> expected;
    for (const BirdRoute& route : routes)
      if (route.best && route.type == BirdRouteType::kBlackhole)
        expected.push_back(route.destination.ToString() + " blackhole");
      else if (route.best && route.next_hops.at(0).gateway)
        expected.push_back(absl::StrCat(route.destination.ToString(), " ", route.next_hops.at(0).gateway->ToString(),
                                        " ", route.next_hops.at(0).interface));
    std::sort(expected.begin(), expected.end());
    CHECK(KernelRoutes(ReadBirdRecording(recording)) == expected);
    ++compared;
  }
  CHECK(compared == 12);
}

TEST_CASE("the same routes are told with and without their attributes") {
  for (const std::string& recording : BirdRecordingsOf("__show_route_all")) {
    const std::string situation = SituationOf(recording);
    if (absl::StrContains(situation, "sync_error")) continue;
    INFO(situation);
    CHECK(RecordedRoutes(recording) == RecordedRoutes(situation + "__show_route.txt"));
  }
}

}  // namespace
}  // namespace caliwatch
