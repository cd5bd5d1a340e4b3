// SPDX-License-Identifier: Apache-2.0
// Recordings that are damaged, incomplete or of another format.
#include "lib/node/recorded_node.h"

#include <filesystem>

#include <absl/strings/str_cat.h>

#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/memory_node.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

Snapshot ReadOnce(RawNode& node) {
  return *ReadSnapshot(node, [] { return absl::UnixEpoch(); });
}

// A finished recording of ReadableNode, for tests to damage.
struct Recording {
  Recording() {
    MemoryNode node = ReadableNode();
    node.bird_facts[BirdDaemon::kBird] = {.created = absl::UnixEpoch(), .pid = 77};
    auto recording = RecordingNode::Create(node, path);
    REQUIRE(recording.ok());
    ReadOnce(**recording);
    REQUIRE((*recording)->Finish({.taken_at = absl::UnixEpoch(), .kernel = "Linux"}) == absl::OkStatus());
  }
  std::string operator/(absl::string_view inner) const { return absl::StrCat(path, "/", inner); }

  TemporaryFolder folder;
  std::string path = folder / "recording";
};

absl::Status DumpOf(RawNode& node, KernelTable table) {
  return node.Dump(table, [](const nlmsghdr&) {});
}

}  // namespace

TEST_CASE("a folder that is no recording says so to every question") {
  const TemporaryFolder folder;
  RecordedNode node(folder / "nothing");
  CHECK(absl::IsNotFound(node.TakenAt().status()));
  CHECK(Says(node.TakenAt().status(), "is no finished recording: there is no " + folder / "nothing/recording.txt"));
  for (const SourceReading& reading : ReadOnce(node).sources) CHECK(reading.status == node.TakenAt().status());
}

TEST_CASE("a recording of another format, or with a damaged head, is not played") {
  const Recording recording;
  const std::string head_path = recording / "recording.txt";
  const auto with = [&](absl::string_view head) {
    Write(head_path, head);
    RecordedNode node(recording.path);
    CHECK(Says(node.TakenAt().status(), head_path));
    CHECK(DumpOf(node, KernelTable::kLinks) == node.TakenAt().status());
    return node.TakenAt().status();
  };
  CHECK(absl::IsFailedPrecondition(with("format: 2\ntaken: 2027-01-15T08:00:00+00:00\n")));
  CHECK(Says(with("format: 2\n"), "of format '2', and this version knows 1 only"));
  CHECK(Says(with("format: 1\ntaken: yesterday\n"), "its line 'taken: …' holds no time"));
  CHECK(Says(with("format: 1\n"), "its line 'taken: …' holds no time"));
  CHECK(Says(with("format: 1\ntaken: infinite-future\n"), "its line 'taken: …' holds no time"));
  const std::string head = "format: 1\ntaken: 2027-01-15T08:00:00+00:00\n";
  for (const char* up : {"soon", "inf", "-1s", "9999999h"})
    CHECK(Says(with(absl::StrCat(head, "up: ", up, "\n")), "its line 'up: …' holds no duration"));
  for (const char* looks : {"0", "3", "many"})
    CHECK(Says(with(absl::StrCat(head, "looks: ", looks, "\n")), "its line 'looks: …' holds no number from 1 to 2"));
  CHECK(Says(with("\xff"), "it has no line 'format: …'"));
  CHECK(Says(with(""), "it has no line 'format: …'"));
}

TEST_CASE("a damaged dump names its file and the place") {
  const Recording recording;
  const std::string path = recording / "kernel/links.netlink";
  const std::string whole = Read(path);
  RecordedNode node(recording.path);
  const auto with = [&](const std::string& dump) {
    Write(path, dump);
    const absl::Status status = DumpOf(node, KernelTable::kLinks);
    CHECK(absl::IsDataLoss(status));
    CHECK(Says(status, path));
    return status;
  };
  CHECK(Says(with(whole.substr(0, whole.size() - 4)), "no whole netlink message begins there"));
  CHECK(Says(with(whole + "abc"), absl::StrCat("at byte ", whole.size(), " of ", whole.size() + 3)));
  CHECK(Says(with(whole + std::string(16, '\0')), absl::StrCat("at byte ", whole.size(), " of ", whole.size() + 16)));
  CHECK(Says(with(std::string(64, '\xff')), "at byte 0 of 64"));
  CHECK(Says(with("x"), "at byte 0 of 1"));
  Write(path, "");
  CHECK(DumpOf(node, KernelTable::kLinks) == absl::OkStatus());
}

TEST_CASE("what a recording lacks is lost data, never a source that does not apply") {
  const Recording recording;
  RecordedNode node(recording.path);
  for (const absl::string_view path : {"kernel", "bird", "calico"}) fs::remove_all(recording / path);
  const Snapshot played = ReadOnce(node);
  for (const SourceReading& reading : played.sources) {
    CAPTURE(reading.name);
    CHECK(absl::IsDataLoss(reading.status) == (reading.name != "bird6"));
  }
  CHECK(Says(played.links.status(), "neither " + recording / "kernel/links.netlink nor "));
}

TEST_CASE("what was not asked for when a recording was made is not found, and nothing is said to be lost") {
  const Recording recording;
  RecordedNode node(recording.path);
  for (const BirdDaemon daemon : kBirdDaemons) {
    const absl::Status status = node.AskBird(daemon, BirdQuestion::kRoutes).status();
    CHECK(absl::IsNotFound(status));
    CHECK(Says(status, "not asked for when this was recorded"));
  }
  // Older recordings do not list what was asked for.
  Write(recording / "recording.txt", "format: 1\ntaken: 2027-01-15T08:00:00+00:00\n");
  RecordedNode old(recording.path);
  CHECK(absl::IsNotFound(old.AskBird(BirdDaemon::kBird, BirdQuestion::kRoutes).status()));
  CHECK(absl::IsNotFound(old.ReadAgentState().status()));
  for (const KernelDump& dump : kKernelDumps) fs::remove(recording / RecordedPath(dump.table));
  CHECK(absl::IsDataLoss(DumpOf(old, KernelTable::kPods)));
  fs::remove(recording / "bird/show_status.txt");
  CHECK(absl::IsDataLoss(old.AskBird(BirdDaemon::kBird, BirdQuestion::kStatus).status()));
  // But where somebody put the answer beside the others, it is there.
  Write(recording / "bird/show_route.txt", "0000 \n");
  CHECK(*old.AskBird(BirdDaemon::kBird, BirdQuestion::kRoutes) == "0000 \n");
}

TEST_CASE("a recording's files are a stranger's: no link is followed, and the error names the file") {
  const Recording recording;
  RecordedNode node(recording.path);
  const std::string secret = recording / "secret";
  Write(secret, "node-2");
  fs::remove(recording / "calico/nodename");
  fs::create_symlink(secret, recording / "calico/nodename");
  CHECK(Says(node.ReadText(TextSource::kNodeName).status(), recording / "calico/nodename: it is a symbolic link"));
  fs::rename(recording / "bird", recording / "elsewhere");
  fs::create_directory_symlink(recording / "elsewhere", recording / "bird");
  const absl::Status status = node.AskBird(BirdDaemon::kBird, BirdQuestion::kStatus).status();
  CHECK(Says(status, recording / "bird: it is a symbolic link"));
  fs::create_symlink(secret, recording / "calico/endpoint-status/link");
  const auto files = node.ReadEndpointFiles();
  REQUIRE(files.ok());
  CHECK(absl::IsFailedPrecondition(files->back().content.status()));
}

TEST_CASE("the second look of a recording is played after the first") {
  const Recording recording;
  const std::string head = "format: 1\ntaken: 2027-01-15T08:00:00+00:00\nup: 100s\nlooks: 2\n";
  Write(recording / "recording.txt", head);
  CHECK(absl::IsNotFound(OpenRecording(recording.path).status()));
  CHECK(Says(OpenRecording(recording.path).status(), recording / "look-2/recording.txt"));
  fs::create_directory(recording / "look-2");
  Write(recording / "look-2/recording.txt", "format: 1\ntaken: 2027-01-15T08:00:05+00:00\nup: 105s\n");
  const auto looks = OpenRecording(recording.path);
  REQUIRE(looks.ok());
  REQUIRE(looks->size() == 2);
  CHECK((*looks)[1]->head()->up == absl::Seconds(105));
  CHECK(Says(DumpOf(*(*looks)[1], KernelTable::kLinks), recording / "look-2/kernel/links.netlink"));
  Write(recording / "look-2/recording.txt", "format: 1\ntaken: 2027-01-15T07:59:59+00:00\nup: 105s\n");
  CHECK(Says(OpenRecording(recording.path).status(), "look-2 was taken before"));
  fs::remove_all(recording / "look-2");
  fs::create_directory_symlink(recording.path, recording / "look-2");
  CHECK(Says(OpenRecording(recording.path).status(), "it is a symbolic link"));
}

TEST_CASE("a damaged socket.txt is lost data, and one that is not there is not found") {
  const Recording recording;
  RecordedNode node(recording.path);
  CHECK(node.IdentifyBird(BirdDaemon::kBird)->pid == 77);
  Write(recording / "bird/socket.txt", "created: yesterday\n");
  CHECK(absl::IsDataLoss(node.IdentifyBird(BirdDaemon::kBird).status()));
  Write(recording / "bird/socket.txt", "created: 2027-01-15T08:00:00+00:00\npid: one\n");
  CHECK(Says(node.IdentifyBird(BirdDaemon::kBird).status(), recording / "bird/socket.txt is damaged"));
  fs::remove(recording / "bird/socket.txt");
  CHECK(absl::IsNotFound(node.IdentifyBird(BirdDaemon::kBird).status()));
}

TEST_CASE("a damaged error or name in a recording names its file") {
  const Recording recording;
  RecordedNode node(recording.path);
  fs::remove(recording / "calico/mtu");
  for (const absl::string_view text : {"", "OK\n", "NONSENSE\nwords\n", "\xff"}) {
    Write(recording / "calico/mtu.error", text);
    const absl::Status status = node.ReadText(TextSource::kMtu).status();
    CHECK(absl::IsDataLoss(status));
    CHECK(Says(status, recording / "calico/mtu.error is damaged"));
  }
  Write(recording / "calico/endpoint-status/\\q", "{}");
  const absl::Status status = node.ReadEndpointFiles().status();
  CHECK(absl::IsDataLoss(status));
  CHECK(Says(status, recording / "calico/endpoint-status/\\q is no name"));
}

}  // namespace caliwatch
