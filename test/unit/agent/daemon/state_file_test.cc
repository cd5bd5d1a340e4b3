// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/state_file.h"

#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/full_state.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("a state file is written for its owner alone, when there is something new, and found again") {
  TemporaryFolder folder;
  const std::string path = folder / "state";
  StateFile file(path);
  CHECK(absl::IsNotFound(file.Load().status()));
  PersistentState memory = FullState();
  REQUIRE(file.Save(memory).ok());
  struct stat about {};
  REQUIRE(stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  const std::string first = Read(path);

  REQUIRE(unlink(path.c_str()) == 0);
  REQUIRE(file.Save(memory).ok());
  CHECK(Read(path).empty());  // nothing new, nothing written
  memory.flaps[{Family::kIpv4, "Mesh_10_39_1_36"}] = 4;
  REQUIRE(file.Save(memory).ok());
  CHECK(Read(path) != first);
  CHECK(file.Load()->flaps == memory.flaps);
}

TEST_CASE("a route that is newly expected is something new") {
  TemporaryFolder folder;
  StateFile file(folder / "state");
  PersistentState memory = FullState();
  REQUIRE(file.Save(memory).ok());
  memory.convergence[Family::kIpv6].expected.routes.front().gateway = *IpAddress::Parse("fd39::2");
  REQUIRE(file.Save(memory).ok());
  CHECK(file.Load()->convergence[Family::kIpv6].expected == memory.convergence[Family::kIpv6].expected);
}

TEST_CASE("a BIRD that an agent expected is expected by who looks on, and not by the next agent") {
  TemporaryFolder folder;
  StateFile file(folder / "state");
  const PersistentState memory = FullState();
  REQUIRE(memory.bird_expected[Family::kIpv4]);
  REQUIRE(file.Save(memory).ok());
  CHECK(file.Peek()->bird_expected == memory.bird_expected);
  CHECK(file.Load()->bird_expected == PerFamily<bool>{});
  CHECK(file.Peek()->felix == memory.felix);
  CHECK_FALSE(file.Load()->felix.answered);
  CHECK(file.Load()->peers == memory.peers);
  CHECK(*file.Text() == Read(folder / "state"));
  CHECK(absl::IsNotFound(StateFile("").Text().status()));
}

TEST_CASE("a corrupt state file is set aside and named, never fatal") {
  TemporaryFolder folder;
  const std::string path = folder / "state";
  Write(path, "not ours");
  StateFile file(path);
  const absl::Status status = file.Load().status();
  CHECK(absl::IsDataLoss(status));
  CHECK(Says(status, path + ".bad"));
  CHECK(Read(path + ".bad") == "not ours");
  CHECK(absl::IsNotFound(file.Load().status()));
}

TEST_CASE("a state file that cannot be written says so, and keeps what is there") {
  TemporaryFolder folder;
  StateFile file(folder / "missing/state");
  CHECK(Says(file.Save(FullState()), "missing/state.new"));
}

TEST_CASE("without a path nothing is kept, and nothing is wrong") {
  StateFile file("");
  CHECK(file.Save(FullState()).ok());
  CHECK(absl::IsNotFound(file.Load().status()));
}

}  // namespace
}  // namespace caliwatch
