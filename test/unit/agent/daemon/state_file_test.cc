// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/state_file.h"

#include <fstream>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/restarting_node.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

std::string TextIn(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// What an agent remembers in the middle of an episode, with everything in it that can be.
PersistentState FullMemory() {
  RestartingNode node;
  for (int poll = 0; poll < 2; ++poll, node.Pass(absl::Seconds(5))) node.Poll();
  node.RestartBird();
  node.Connect(0);
  node.Connect(1);
  node.EndRecovery();
  node.Pass(absl::Seconds(1));
  node.PollUntilEnd();
  node.LoseRoute(0);
  node.RestartBird();
  node.Pass(absl::Seconds(1));
  node.Connect(0);
  node.Poll();
  PersistentState memory;
  memory.convergence[0] = node.state;
  memory.convergence[1].expected.routes = {{*Prefix::Parse("fd65::/122"), *IpAddress::Parse("fd39::1")}};
  memory.birds[0] = {7, 2};
  memory.findings[{"bgp_peer_down", "10.39.1.36"}] = absl::FromUnixSeconds(1700000000);
  memory.flaps[{Family::kIpv4, "Mesh_10_39_1_36"}] = 3;
  return memory;
}

TEST_CASE("what was saved is what is loaded, in the same boot") {
  const PersistentState memory = FullMemory();
  REQUIRE(memory.convergence[0].episode);
  REQUIRE_FALSE(memory.convergence[0].past.empty());
  const std::string text = StateText(memory, "boot 1");
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(text, "boot 1");
  REQUIRE(again.ok());
  CHECK(StateText(*again, "boot 1") == text);
  CHECK(again->convergence[0].episode == memory.convergence[0].episode);
  CHECK(again->convergence[0].expected == memory.convergence[0].expected);
  CHECK(again->convergence[0].gaps == memory.convergence[0].gaps);
  CHECK(again->convergence[0].counts == memory.convergence[0].counts);
  CHECK(again->convergence[0].past == memory.convergence[0].past);
  CHECK(again->findings == memory.findings);
  CHECK(again->convergence[0].identity == memory.convergence[0].identity);
  CHECK(again->flaps == memory.flaps);
}

TEST_CASE("from another boot, expectations and counters are taken over, and no moment") {
  const PersistentState memory = FullMemory();
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(StateText(memory, "boot 1"), "boot 2");
  REQUIRE(again.ok());
  const ConvergenceState& state = again->convergence[0];
  CHECK(state.known);
  CHECK(state.expected.routes == memory.convergence[0].expected.routes);
  CHECK(state.expected.peers.size() == memory.convergence[0].expected.peers.size());
  CHECK(state.counts == memory.convergence[0].counts);
  CHECK(again->flaps == memory.flaps);
  CHECK_FALSE(state.episode);
  CHECK_FALSE(state.bird_start);
  CHECK_FALSE(state.identity);
  CHECK(state.gaps == RouteGaps{});
  CHECK(again->findings.empty());
}

TEST_CASE("a state that is cut short, of another format or no state is refused with the line") {
  const std::string text = StateText(FullMemory(), "boot 1");
  const std::string head = text.substr(0, text.find('\n') + 1);
  CHECK(Says(PersistentStateFrom("", "boot 1").status(), "cut short"));
  CHECK(Says(PersistentStateFrom(head, "boot 1").status(), "cut short"));
  CHECK(Says(PersistentStateFrom(text + "10.0.0.0/26 10.0.0.1\n", "boot 1").status(), "more routes than it says"));
  CHECK(Says(PersistentStateFrom(head + "nonsense\n", "boot 1").status(), "line 2: 'nonsense' is no route"));
  CHECK(Says(PersistentStateFrom("{}\n", "boot 1").status(), "line 1: "));
  CHECK(Says(PersistentStateFrom("{\"caliwatch_state\":1}\n", "boot 1").status(), "its format is 1, not 2"));
  for (size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(PersistentStateFrom(text.substr(0, size), "boot 1").ok());
}

TEST_CASE("a state file is written for its owner alone, when there is something new, and found again") {
  TemporaryFolder folder;
  const std::string path = folder / "state";
  StateFile file(path);
  CHECK(absl::IsNotFound(file.Load().status()));
  PersistentState memory = FullMemory();
  REQUIRE(file.Save(memory).ok());
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  const std::string first = TextIn(path);

  REQUIRE(unlink(path.c_str()) == 0);
  REQUIRE(file.Save(memory).ok());
  CHECK(TextIn(path).empty());  // nothing new, nothing written
  memory.flaps[{Family::kIpv4, "Mesh_10_39_1_36"}] = 4;
  REQUIRE(file.Save(memory).ok());
  CHECK(TextIn(path) != first);
  CHECK(file.Load()->flaps == memory.flaps);
}

TEST_CASE("a route that is newly expected is something new") {
  TemporaryFolder folder;
  StateFile file(folder / "state");
  PersistentState memory = FullMemory();
  REQUIRE(file.Save(memory).ok());
  memory.convergence[1].expected.routes.front().gateway = *IpAddress::Parse("fd39::2");
  REQUIRE(file.Save(memory).ok());
  CHECK(file.Load()->convergence[1].expected == memory.convergence[1].expected);
}

TEST_CASE("a corrupt state file is set aside and named, never fatal") {
  TemporaryFolder folder;
  const std::string path = folder / "state";
  std::ofstream(path) << "not ours";
  StateFile file(path);
  const absl::Status status = file.Load().status();
  CHECK(absl::IsDataLoss(status));
  CHECK(Says(status, path + ".bad"));
  CHECK(TextIn(path + ".bad") == "not ours");
  CHECK(absl::IsNotFound(file.Load().status()));
}

TEST_CASE("a state file that cannot be written says so, and keeps what is there") {
  TemporaryFolder folder;
  StateFile file(folder / "missing/state");
  CHECK(Says(file.Save(FullMemory()), "missing/state.new"));
}

TEST_CASE("without a path nothing is kept, and nothing is wrong") {
  StateFile file("");
  CHECK(file.Save(FullMemory()).ok());
  CHECK(absl::IsNotFound(file.Load().status()));
}

}  // namespace
}  // namespace caliwatch
