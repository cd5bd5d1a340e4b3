// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/state_file.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include <absl/strings/ascii.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/full_state.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

std::set<std::string> NamesIn(const TemporaryFolder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) names.insert(entry.path().filename());
  return names;
}

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

TEST_CASE("of many damaged state files the last one is kept, and no more") {
  TemporaryFolder folder;
  StateFile file(folder / "state");
  for (const char* damaged : {"one", "two", "three"}) {
    Write(folder / "state", damaged);
    CHECK(absl::IsDataLoss(file.Load().status()));
  }
  CHECK(Read(folder / "state.bad") == "three");
  CHECK(NamesIn(folder) == std::set<std::string>{"state.bad"});
}

// At the limit of open files, as a process beside us may bring the machine to it.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_CASE("a state that cannot be read just now is no damaged one: it stays, and is kept when the next is written") {
  TemporaryFolder folder;
  StateFile file(folder / "state");
  REQUIRE(file.Save(FullState()).ok());
  const std::string good = Read(folder / "state");
  StateFile next(folder / "state");
  {
    const NoMoreFiles limit;
    CHECK(absl::IsResourceExhausted(next.Load().status()));
    CHECK(absl::IsResourceExhausted(next.Save({})));
  }
  CHECK(Read(folder / "state") == good);
  CHECK(NamesIn(folder) == std::set<std::string>{"state"});
  REQUIRE(next.Save({}).ok());
  CHECK(Read(folder / "state.unread") == good);
  CHECK(NamesIn(folder) == std::set<std::string>{"state", "state.unread"});
}

TEST_CASE("a folder, a FIFO, a link or a huge file in the state file's place is told, set aside and replaced") {
  TemporaryFolder folder;
  const std::string path = folder / "state";
  const std::map<std::string, std::function<void()>> things = {
      {"it is not a regular file", [&] { std::filesystem::create_directories(path + "/full"); }},
      {"it is not a regular file ", [&] { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }},
      {"it is a symbolic link", [&] { std::filesystem::create_symlink("/etc/passwd", path); }},
      {"it is larger than 33554432 bytes", [&] {
         Write(path, "");
         REQUIRE(truncate(path.c_str(), 40 << 20) == 0);
       }}};
  for (const auto& [words, make] : things) {
    INFO(words);
    std::filesystem::remove_all(path);
    std::filesystem::remove_all(path + ".unread");
    make();
    StateFile file(path);
    CHECK(Says(file.Load().status(), absl::StripTrailingAsciiWhitespace(words)));
    REQUIRE(file.Save(FullState()).ok());
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(path)));
    CHECK(file.Load().ok());
    CHECK(NamesIn(folder) == std::set<std::string>{"state", "state.unread"});
  }
}

TEST_CASE("a FIFO or a link in the place of the new state is removed, neither opened nor followed") {
  TemporaryFolder folder;
  Write(folder / "mine", "precious");
  StateFile file(folder / "state");
  PersistentState memory = FullState();
  REQUIRE(mkfifo((folder / "state.new").c_str(), 0600) == 0);
  REQUIRE(file.Save(memory).ok());
  std::filesystem::create_symlink(folder / "mine", folder / "state.new");
  memory.flaps.clear();
  REQUIRE(file.Save(memory).ok());
  CHECK(Read(folder / "mine") == "precious");
  CHECK(NamesIn(folder) == std::set<std::string>{"mine", "state"});
  std::filesystem::create_directory(folder / "state.new");
  CHECK(Says(file.Save(FullState()), "cannot remove"));
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
