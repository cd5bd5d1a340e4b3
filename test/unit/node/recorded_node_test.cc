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
    auto recording = RecordingNode::Create(node, path);
    REQUIRE(recording.ok());
    ReadOnce(**recording);
    REQUIRE((*recording)->Finish(absl::UnixEpoch()) == absl::OkStatus());
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
    CHECK(absl::IsDataLoss(reading.status) == (reading.name != "bird6" && reading.name != "felix"));
  }
  // Older recordings have no Felix.
  CHECK(absl::IsNotFound(played.felix.status()));
  CHECK(Says(played.links.status(), "neither " + recording / "kernel/links.netlink nor "));
  CHECK(Says(node.AskBird(BirdDaemon::kBird6, BirdQuestion::kRoutes).status(), recording / "bird6/show_route.txt"));
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
