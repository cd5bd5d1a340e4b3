// SPDX-License-Identifier: Apache-2.0
#include "lib/node/recording_node.h"

#include <filesystem>
#include <map>

#include <absl/strings/str_cat.h>
#include <sys/stat.h>

#include "lib/node/live_node.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/fake_bird.h"
#include "test/support/faulty_node.h"
#include "test/support/memory_node.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

const absl::Time kMoment = absl::FromUnixMillis(1'800'000'000'123);
const RecordingHead kHead = {.taken_at = kMoment, .kernel = RunningKernel()};

Snapshot ReadOnce(RawNode& node) {
  return *ReadSnapshot(node, [] { return kMoment; });
}

// Records `node` into `folder`, and returns what was read meanwhile.
Snapshot Record(RawNode& node, const std::string& folder) {
  auto recording = RecordingNode::Create(node, folder);
  REQUIRE(recording.ok());
  Snapshot seen = ReadOnce(**recording);
  REQUIRE((*recording)->Finish(kHead) == absl::OkStatus());
  return seen;
}

}  // namespace

TEST_CASE("a node and its recording give the same snapshot") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  const Snapshot seen = Record(node, folder / "recording");
  CHECK(DifferentSources(seen, ReadOnce(node)).empty());

  RecordedNode recorded(folder / "recording");
  CHECK(*recorded.TakenAt() == kMoment);
  const Snapshot played = ReadOnce(recorded);
  CHECK(DifferentSources(seen, played).empty());
  for (const SourceReading& reading : played.sources) CHECK(reading.status == absl::OkStatus());
}

TEST_CASE("this machine's kernel, a BIRD and Calico's files give the same snapshot when played back") {
  const TemporaryFolder folder;
  MemoryNode texts = ReadableNode();
  const FakeBird bird(folder / "bird.ctl", [&](FakeBird::Client& client, int) {
    client.Welcome();
    for (std::string line; line = client.ReadLine(), !line.empty();)
      client.Send(*texts.answers[{BirdDaemon::kBird,
                                  line == "show status" ? BirdQuestion::kStatus : BirdQuestion::kProtocolsAll}]);
  });
  fs::create_directory(folder / "endpoint-status");
  Write(folder / "endpoint-status/k8s default%2Fweb-0 eth0", R"({"ifaceName":"cali12ab34cd56e"})");
  Write(folder / "nodename", "node-1\n");
  LiveNode node({.run_dir = folder.path(), .lib_dir = folder.path()});
  const Snapshot seen = Record(node, folder / "recording");
  CHECK(seen.links.ok());
  CHECK(seen.birds[Family::kIpv4].peers.ok());
  CHECK(absl::IsNotFound(seen.birds[Family::kIpv6].status.status()));
  CHECK(absl::IsNotFound(seen.calico_mtu.status()));

  RecordedNode recorded(folder / "recording");
  CHECK(DifferentSources(seen, ReadOnce(recorded)).empty());
}

TEST_CASE("an error is recorded with its code and its words, and played back so") {
  const std::string source =
      GENERATE(as<std::string>(), "links", "bird", "bird6", "mtu", "nodename", "endpoint_status");
  MemoryNode readable = ReadableNode();
  FaultyNode node(readable);
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    node.Fail(source, absl::Status(static_cast<absl::StatusCode>(code), "two\nlines, 'quoted' \xff\n"));
    const TemporaryFolder folder;
    const Snapshot seen = Record(node, folder / "recording");
    RecordedNode recorded(folder / "recording");
    CHECK(DifferentSources(seen, ReadOnce(recorded)).empty());
    CHECK(DifferentSources(seen, ReadOnce(readable)) == std::vector<std::string>{source});
  }
}

TEST_CASE("of an interrupted dump and the next one, the recording holds the next one") {
  MemoryNode readable = ReadableNode();
  FaultyNode node(readable);
  node.Interrupt("links", 2);
  const TemporaryFolder folder;
  const Snapshot seen = Record(node, folder / "recording");
  CHECK(seen.links->size() == 2);
  RecordedNode recorded(folder / "recording");
  CHECK(DifferentSources(seen, ReadOnce(recorded)).empty());
  CHECK_FALSE(fs::exists(folder / "recording/kernel/links.netlink.error"));
}

TEST_CASE("of a dump and a failure after it, the recording holds the failure") {
  MemoryNode readable = ReadableNode();
  FaultyNode node(readable);
  const TemporaryFolder folder;
  auto recording = RecordingNode::Create(node, folder / "recording");
  REQUIRE(recording.ok());
  ReadOnce(**recording);
  for (const std::string source : {"links", "bird", "mtu", "endpoint_status"})
    node.Fail(source, absl::UnavailableError("broken on purpose"));
  const Snapshot seen = ReadOnce(**recording);
  REQUIRE((*recording)->Finish(kHead) == absl::OkStatus());
  RecordedNode recorded(folder / "recording");
  CHECK(DifferentSources(seen, ReadOnce(recorded)).empty());
}

TEST_CASE("messages are recorded byte for byte, those of odd length too") {
  MemoryNode node;
  for (const size_t length : {17, 18, 19, 20, 33}) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<uint32_t>(length);
    std::string message(length, static_cast<char>(length));
    message.replace(0, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
    node.messages[KernelTable::kLinks].push_back(message);
  }
  const TemporaryFolder folder;
  Record(node, folder / "recording");
  RecordedNode recorded(folder / "recording");
  std::vector<std::string> played;
  CHECK(recorded.Dump(KernelTable::kLinks, [&](const nlmsghdr& message) {
    played.emplace_back(reinterpret_cast<const char*>(&message), message.nlmsg_len);
  }) == absl::OkStatus());
  CHECK(played == node.messages[KernelTable::kLinks]);
}

TEST_CASE("of several readings of the endpoint files, the recording holds the last") {
  MemoryNode node = ReadableNode();
  const TemporaryFolder folder;
  auto recording = RecordingNode::Create(node, folder / "recording");
  REQUIRE(recording.ok());
  REQUIRE((*recording)->Finish(kHead) == absl::OkStatus());
  RecordedNode recorded(folder / "recording");
  const auto with = [&](absl::StatusOr<std::vector<NamedFile>> files) {
    node.endpoint_files = std::move(files);
    CHECK((*recording)->ReadEndpointFiles().status() == node.endpoint_files.status());
    return recorded.ReadEndpointFiles();
  };
  CHECK(with(std::vector<NamedFile>{{"a", "{}"}, {"b", "{}"}})->size() == 2);
  CHECK(with(std::vector<NamedFile>{{"b", "{}"}})->size() == 1);
  CHECK(absl::IsUnavailable(with(absl::UnavailableError("broken on purpose")).status()));
  CHECK(with(std::vector<NamedFile>{})->empty());
  CHECK_FALSE(fs::exists(folder / "recording/calico/endpoint-status.error"));
}

TEST_CASE("endpoint files keep their names, whatever bytes these hold") {
  MemoryNode node = ReadableNode();
  node.endpoint_files = std::vector<NamedFile>{{"k8s default%2Fweb-0 eth0", "{}"},
                                               {"k8s default%2Fweb-0 eth0.error", "the file of another one"},
                                               {"\xff\n\x01"
                                                "e\\x2f'\"",
                                                ""},
                                               {"unreadable", absl::PermissionDeniedError("not ours")},
                                               {"unreadable.error", absl::PermissionDeniedError("not ours either")}};
  const TemporaryFolder folder;
  Record(node, folder / "recording");
  CHECK(fs::exists(folder / "recording/calico/endpoint-status/k8s default%2Fweb-0 eth0"));

  RecordedNode recorded(folder / "recording");
  const absl::StatusOr<std::vector<NamedFile>> played = recorded.ReadEndpointFiles();
  REQUIRE(played.ok());
  std::map<std::string, absl::StatusOr<std::string>> expected, seen;
  for (const NamedFile& file : *node.endpoint_files) expected[file.name] = file.content;
  for (const NamedFile& file : *played) seen[file.name] = file.content;
  CHECK(seen.size() == played->size());
  CHECK((seen == expected));
}

TEST_CASE("a recording is for its owner's eyes only, whatever the umask") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  node.bird_facts[BirdDaemon::kBird] = {.created = kMoment, .pid = 12};
  const mode_t before = umask(0);
  Record(node, folder / "recording");
  umask(before);
  int entries = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder.path())) {
    CAPTURE(entry.path());
    CHECK(entry.status().permissions() ==
          (entry.is_directory() ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write));
    ++entries;
  }
  CHECK(entries > 15);
}

TEST_CASE("a recording says when and where it was made, in words") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  Record(node, folder / "recording");
  const std::string head = Read(folder / "recording/recording.txt");
  CHECK(absl::StrContains(head, "\nformat: 1\ntaken: 2027-01-15T08:00:00.123+00:00\nkernel: Linux "));
  CHECK(absl::StrContains(head, "caliwatch check --replay"));
}

TEST_CASE("a recording's head keeps whatever it is given, and the list of what was asked for") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  auto recording = RecordingNode::Create(node, folder / "recording");
  ReadOnce(**recording);
  REQUIRE((*recording)
              ->Finish({.taken_at = kMoment,
                        .kernel = "Linux 6.1\nlooks: 2",
                        .up = absl::Nanoseconds(1'234'567'890'123),
                        .boot_id = "a boot",
                        .anonymized = true,
                        .versions = {{"bird", "1.6.8\nlooks: 2"}}}) == absl::OkStatus());
  const RecordedNode recorded(folder / "recording");
  const RecordingHead& head = *recorded.head();
  CHECK(head.looks == 1);
  CHECK(head.up == absl::Nanoseconds(1'234'567'890'123));
  CHECK(head.boot_id == "a boot");
  CHECK(head.anonymized);
  CHECK(head.Holds("bird/show_status.txt"));
  CHECK(head.Holds("calico/endpoint-status"));
  CHECK_FALSE(head.Holds("bird/show_route.txt"));
  CHECK(absl::StrContains(Read(folder / "recording/recording.txt"), "\nbird: 1.6.8\\n"));
}

TEST_CASE("the agent's state and who answered on BIRD's socket are recorded") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  node.bird_facts[BirdDaemon::kBird6] = {.created = kMoment + absl::Nanoseconds(7), .pid = 12};
  auto recording = RecordingNode::Create(node, folder / "recording");
  const Snapshot seen = ReadOnce(**recording);
  (*recording)->KeepAgentState(std::string("a state"));
  REQUIRE((*recording)->Finish(kHead) == absl::OkStatus());
  RecordedNode recorded(folder / "recording");
  CHECK(*recorded.ReadAgentState() == "a state");
  const Snapshot played = ReadOnce(recorded);
  for (const Family family : kFamilies) CHECK(played.birds[family].identity == seen.birds[family].identity);
  CHECK(played.birds[Family::kIpv6].identity->socket_created == kMoment + absl::Nanoseconds(7));
}

TEST_CASE("a recording goes into a new or an empty folder, never among other files") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  CHECK(RecordingNode::Create(node, folder.path()).ok());
  const absl::Status status = RecordingNode::Create(node, folder.path()).status();
  CHECK(absl::IsAlreadyExists(status));
  CHECK(Says(status, folder.path()));
  CHECK(absl::IsNotFound(RecordingNode::Create(node, folder / "none/inner").status()));
  Write(folder / "file", "");
  CHECK_FALSE(RecordingNode::Create(node, folder / "file").ok());
}

TEST_CASE("a recording that could not be written is no recording, and whoever asked the node noticed nothing") {
  const TemporaryFolder folder;
  MemoryNode node = ReadableNode();
  auto recording = RecordingNode::Create(node, folder / "recording");
  REQUIRE(recording.ok());
  fs::remove(folder / "recording/kernel");
  CHECK(DifferentSources(ReadOnce(**recording), ReadOnce(node)).empty());
  const absl::Status status = (*recording)->Finish(kHead);
  CHECK(Says(status, absl::StrCat(folder / "recording/kernel/links.netlink", ": No such file")));
  CHECK(absl::IsNotFound(RecordedNode(folder / "recording").TakenAt().status()));
}

}  // namespace caliwatch
