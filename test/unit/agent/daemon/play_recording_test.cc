// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/play_recording.h"

#include <algorithm>
#include <string>

#include <absl/strings/str_cat.h>
#include <linux/rtnetlink.h>

#include "lib/analysis/state/state_text.h"
#include "lib/decode/kernel_messages.h"
#include "lib/node/recorded_node.h"
#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/faulty_node.h"
#include "test/support/full_state.h"
#include "test/support/recordings.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

const std::string kNodes = CALIWATCH_SOURCE_DIR "/test/recordings/nodes/";
const RecordingHead kFirst = {
    .taken_at = absl::FromUnixSeconds(1'800'000'000), .kernel = "Linux", .up = absl::Hours(1)};
const RecordingHead kSecond = {
    .taken_at = kFirst.taken_at + absl::Seconds(5), .kernel = "Linux", .up = absl::Hours(1) + absl::Seconds(5)};

const OpenFinding* Find(const Report& report, absl::string_view check, absl::string_view subject) {
  for (const Verdict& verdict : report.verdicts)
    for (const OpenFinding& open : verdict.findings)
      if (verdict.check->name == check && open.subject == subject) return &open;
  return nullptr;
}

absl::Status JudgedBy(const Report& report, absl::string_view check) {
  for (const Verdict& verdict : report.verdicts)
    if (verdict.check->name == check) return verdict.judged;
  return absl::InternalError("there is no such check");
}

// node1 of the lab without BIRD's route to the block of 10.39.1.12, and with BIRD's word for it, if it has one.
class LostRoute : public FaultyNode {
 public:
  LostRoute(RawNode& node, absl::StatusOr<std::string> show_route)
      : FaultyNode(node), show_route_(std::move(show_route)) {}

  absl::Status Dump(KernelTable table, OnMessage on_message) override {
    return FaultyNode::Dump(table, [&](const nlmsghdr& message) {
      std::vector<Route> routes;
      const bool lost = table == KernelTable::kRoutes && AppendRow(message, routes).ok() && !routes.empty() &&
                        routes[0].gateway == *IpAddress::Parse("10.39.1.12");
      if (!lost) on_message(message);
    });
  }
  absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) override {
    if (question != BirdQuestion::kRoutes) return FaultyNode::AskBird(daemon, question);
    return daemon == BirdDaemon::kBird ? show_route_ : std::string("0000 \n");
  }

 private:
  absl::StatusOr<std::string> show_route_;
};

constexpr char kBirdHasIt[] =
    "1007-192.168.12.0/26     via 10.39.1.12 on eth0 [Mesh_10_39_1_12 18:43:33] * (100/0) [i]\n0000 \n";

// Both looks of `node` as one recording below `folder`.
std::string Record(RawNode& node, const TemporaryFolder& folder, const absl::StatusOr<std::string>& state) {
  const std::string path = folder / "recording";
  const ReadOptions everything = {.ask_bird_routes = {{true, true}}};
  const auto first = RecordingNode::Create(node, path);
  ReadSnapshot(
      **first, [&] { return kFirst.taken_at; }, everything);
  const auto second = RecordingNode::Create(node, absl::StrCat(path, "/", kSecondLook));
  ReadSnapshot(
      **second, [&] { return kSecond.taken_at; }, everything);
  REQUIRE((*second)->Finish(kSecond).ok());
  RecordingHead head = kFirst;
  head.looks = 2;
  head.boot_id = "a boot";
  (*first)->KeepAgentState(state);
  REQUIRE((*first)->Finish(head).ok());
  return path;
}

}  // namespace

TEST_CASE("every recorded node is judged, alone from its folder") {
  for (const std::string& folder : RecordedNodes()) {
    CAPTURE(folder);
    CHECK(PlayRecording(folder).status() == absl::OkStatus());
  }
}

TEST_CASE("of two looks, what only one of them saw is no finding, and what both saw is one since the first") {
  RecordedNode healthy(kNodes + "healthy-bird1"), broken(kNodes + "forwarding-off");
  const auto judged = [](RawNode& first, RawNode& second) {
    return PlayLooks({{first, kFirst}, {second, kSecond}}, {}).report;
  };
  CHECK(Find(judged(healthy, broken), "forwarding_disabled", "all IPv4") == nullptr);
  CHECK(Find(judged(broken, healthy), "forwarding_disabled", "all IPv4") == nullptr);
  const Report report = judged(broken, broken);
  const OpenFinding* found = Find(report, "forwarding_disabled", "all IPv4");
  REQUIRE(found != nullptr);
  CHECK(found->since == kFirst.taken_at);
  CHECK(report.taken_at == kSecond.taken_at);
}

TEST_CASE("what the agent knew is known: since when a finding holds, and a session that flaps") {
  RecordedNode broken(kNodes + "forwarding-off");
  PersistentState known;
  const absl::Time since = kFirst.taken_at - absl::Hours(3);
  known.findings[{"forwarding_disabled", "all IPv4"}] = since;
  known.peers[{Family::kIpv4, "Mesh_10_39_1_12"}].recent_flaps = {
      kFirst.up - absl::Minutes(3), kFirst.up - absl::Minutes(2), kFirst.up - absl::Minutes(1)};
  const TemporaryFolder folder;
  const std::string path = Record(broken, folder, StateText(known, "a boot"));
  const auto judged = PlayRecording(path);
  REQUIRE(judged.ok());
  REQUIRE(Find(judged->report, "forwarding_disabled", "all IPv4") != nullptr);
  CHECK(Find(judged->report, "forwarding_disabled", "all IPv4")->since == since);
  CHECK(Find(judged->report, "peer_flapping", "10.39.1.12") != nullptr);
}

TEST_CASE("BIRD's whole table is in the recording, and settles a doubt") {
  RecordedNode healthy(kNodes + "healthy-bird1");
  const TemporaryFolder folder;
  LostRoute node(healthy, std::string(kBirdHasIt));
  const auto judged = PlayRecording(Record(node, folder, absl::NotFoundError("no state file is set")));
  REQUIRE(judged.ok());
  CHECK(JudgedBy(judged->report, "route_missing_from_kernel") == absl::OkStatus());
  CHECK(Find(judged->report, "route_missing_from_kernel", "192.168.12.0/26") != nullptr);
}

TEST_CASE("a doubt that nothing in the recording settles is not judged, and none is") {
  RecordedNode healthy(kNodes + "healthy-bird1");
  const absl::Status why = absl::NotFoundError("it was not asked for when this was recorded");
  LostRoute node(healthy, why);
  const Report doubtful = PlayLooks({{node, kFirst}}, {}).report;
  CHECK(absl::IsUnavailable(JudgedBy(doubtful, "route_missing_from_kernel")));
  CHECK(Says(JudgedBy(doubtful, "route_missing_from_kernel"), "not asked for when this was recorded"));
  CHECK(JudgedBy(PlayLooks({{healthy, kFirst}}, {}).report, "route_missing_from_kernel") == absl::OkStatus());
}

TEST_CASE("a damaged state is named; none is no hindrance") {
  RecordedNode healthy(kNodes + "healthy-bird1");
  const TemporaryFolder folder;
  const std::string path = Record(healthy, folder, std::string("not ours"));
  CHECK(absl::IsDataLoss(PlayRecording(path).status()));
  CHECK(Says(PlayRecording(path).status(), absl::StrCat(path, ": agent/state is damaged")));
  CHECK(RecordedState(absl::NotFoundError("none"), "a boot").ok());
  CHECK(RecordedState(absl::PermissionDeniedError("not ours"), "a boot").ok());
  CHECK(absl::IsDataLoss(RecordedState(absl::DataLossError("cut"), "a boot").status()));
  CHECK(RecordedState(StateText(FullState(), "a boot"), "a boot")->flaps == FullState().flaps);
}

}  // namespace caliwatch
