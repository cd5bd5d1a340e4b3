// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/change_log.h"

#include <algorithm>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);

// Polls of one node, five seconds apart, that starts healthy. Gives what is logged of each.
class Watch {
 public:
  Snapshot node = HealthyNode();

  std::vector<LogRecord> Poll() {
    Report now = observer_.Observe(Seen(node));
    auto records = RecordsOf(before_ ? &*before_ : nullptr, now);
    before_ = std::move(now);
    node.taken_at += kInterval;
    node.boot_time += kInterval;
    if (node.birds[Family::kIpv4].status.ok()) *node.birds[Family::kIpv4].status->uptime += kInterval;
    return records;
  }

  // Until nothing is new any more.
  void ResolveDoubtfulRoutes() {
    for (int i = 0; i < 3; ++i) Poll();
  }

 private:
  Observer observer_;
  std::optional<Report> before_;
};

std::string FieldOf(const LogRecord& record, absl::string_view key) {
  for (const LogField& field : record.fields)
    if (field.key == key) return field.value;
  return absl::StrCat("no field ", key);
}

TEST_CASE("the first poll is summed up in one line") {
  Watch watch;
  const auto records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].level == LogLevel::kInfo);
  CHECK(FieldOf(records[0], "node") == "node-231");
  CHECK(FieldOf(records[0], "peers") == "2");
  CHECK(FieldOf(records[0], "peers_up") == "2");
}

TEST_CASE("the first poll's line warns of sources that cannot be read, and says why") {
  Watch watch;
  watch.node.links = absl::UnavailableError("netlink is gone");
  Fail(watch.node, "links", watch.node.links.status());
  const auto records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].level == LogLevel::kWarn);
  CHECK(FieldOf(records[0], "cannot_read") == "links: netlink is gone");
}

TEST_CASE("nothing is logged while nothing changes") {
  Watch watch;
  watch.Poll();
  for (int i = 0; i < 5; ++i) CHECK(watch.Poll().empty());
}

TEST_CASE("nothing is logged while the same things stay wrong") {
  Watch watch;
  EndSession(FirstPeer(watch.node));
  watch.node.links = absl::UnavailableError("netlink is gone");
  Fail(watch.node, "links", watch.node.links.status());
  watch.ResolveDoubtfulRoutes();
  for (int i = 0; i < 5; ++i) CHECK(watch.Poll().empty());
}

TEST_CASE("a source that fails and returns is told once each time, with the reason") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  const auto links = watch.node.links;
  watch.node.links = absl::UnavailableError("netlink is gone");
  Fail(watch.node, "links", watch.node.links.status());
  auto records = watch.Poll();
  const auto of_source = std::find_if(records.begin(), records.end(),
                                      [](const LogRecord& record) { return FieldOf(record, "source") == "links"; });
  REQUIRE(of_source != records.end());
  CHECK(of_source->level == LogLevel::kWarn);
  CHECK(FieldOf(*of_source, "error") == "netlink is gone");
  // The checks that need it are told of, too, in one line, and nothing else.
  REQUIRE(records.size() == 2);
  CHECK(records[1].message == "checks cannot judge");
  const std::vector<std::string> checks = absl::StrSplit(FieldOf(records[1], "checks"), ',');
  CHECK(std::count(checks.begin(), checks.end(), "duplicate_neighbor_ip") == 1);
  CHECK(std::count(checks.begin(), checks.end(), "bird_down") == 0);

  watch.node.links = links;
  Fail(watch.node, "links", absl::OkStatus());
  records = watch.Poll();
  REQUIRE(records.size() == 2);
  CHECK(records[0].message == "source can be read again");
  CHECK(records[1].message == "checks can judge again");
  CHECK(std::vector<std::string>(absl::StrSplit(FieldOf(records[1], "checks"), ',')) == checks);
}

TEST_CASE("a peer that goes down is told with its state and cause, then as a finding, then as up again") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  const BgpPeer healthy = FirstPeer(watch.node);
  EndSession(FirstPeer(watch.node));
  auto records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].level == LogLevel::kWarn);
  CHECK(records[0].message == "peer is down");
  CHECK(FieldOf(records[0], "peer") == "10.39.1.219");
  CHECK(FieldOf(records[0], "kind") == "mesh");
  CHECK(FieldOf(records[0], "state") == "Active");
  CHECK(FieldOf(records[0], "cause") == "refused");

  records = watch.Poll();  // two polls make a finding
  REQUIRE(records.size() == 1);
  CHECK(records[0].message == "finding");
  CHECK(FieldOf(records[0], "check") == "bgp_peer_down");
  CHECK(FieldOf(records[0], "subject") == "10.39.1.219");

  FirstPeer(watch.node) = healthy;
  records = watch.Poll();
  REQUIRE(records.size() == 2);
  CHECK(records[0].message == "peer is up");
  CHECK(records[0].level == LogLevel::kInfo);
  CHECK(records[1].message == "finding is over");
}

TEST_CASE("a session that was lost and found between two polls is told") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  FirstPeer(watch.node).age = absl::Seconds(2);
  const auto records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].message == "peer was down between two polls");
}

TEST_CASE("peers that are added to and removed from BIRD are told") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  watch.node.birds[Family::kIpv4].peers->push_back(MeshPeer("10.39.1.77"));
  auto records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].message == "peer added");
  CHECK(FieldOf(records[0], "peer") == "10.39.1.77");
  watch.node.birds[Family::kIpv4].peers->pop_back();
  records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].message == "peer removed");
}

TEST_CASE("a BIRD that is silent for long loses no peer, and gains none when it answers again") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  const Bird bird = watch.node.birds[Family::kIpv4];
  LoseBird(watch.node, absl::DeadlineExceededError("BIRD is silent"));
  watch.Poll();
  const auto found = watch.Poll();
  REQUIRE(found.size() == 1);
  CHECK(FieldOf(found[0], "check") == "bird_down");
  for (int i = 0; i < 70; ++i) CHECK(watch.Poll().empty());  // beyond Limits::keep_last_good
  watch.node.birds[Family::kIpv4] = bird;
  *watch.node.birds[Family::kIpv4].status->uptime += 72 * kInterval;
  Fail(watch.node, "bird", absl::OkStatus());
  const auto records = watch.Poll();
  REQUIRE(records.size() >= 2);
  CHECK(records[0].message == "source can be read again");
  for (size_t i = 1; i < records.size(); ++i)
    CHECK(records[i].message ==
          (FieldOf(records[i], "check") == "bird_down" ? "finding is over" : "checks can judge again"));
}

TEST_CASE("a restart of BIRD and both ends of its recovery are told") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  BirdStatus& status = *watch.node.birds[Family::kIpv4].status;
  status.uptime = absl::Seconds(1);
  status.recovery = GracefulRestartWait{2, absl::Seconds(239), absl::Seconds(240)};
  auto records = watch.Poll();
  REQUIRE(records.size() == 2);
  CHECK(records[0].message == "BIRD restarted");
  CHECK(FieldOf(records[0], "family") == "ipv4");
  CHECK(absl::StartsWith(records[1].message, "BIRD recovers"));
  CHECK(FieldOf(records[1], "pending_protocols") == "2");
  status.recovery->wait_remaining = absl::Seconds(234);
  CHECK(watch.Poll().empty());
  status.recovery.reset();
  records = watch.Poll();
  REQUIRE(records.size() == 1);
  CHECK(records[0].message == "BIRD has recovered");
}

TEST_CASE("a storm of findings is told by the first of each check and their number") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  auto& peers = *watch.node.birds[Family::kIpv4].peers;
  for (int i = 1; i <= 100; ++i) peers.push_back(MeshPeer(absl::StrCat("10.40.0.", i)));
  watch.ResolveDoubtfulRoutes();
  for (BgpPeer& peer : peers) EndSession(peer);
  watch.Poll();
  const auto records = watch.Poll();
  REQUIRE(records.size() == 21);
  CHECK(records.back().message == "finding, and more of this check");
  CHECK(FieldOf(records.back(), "more") == "82");
}

TEST_CASE("of very many peers that go down at once the first are told, and the number of the others") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  auto& peers = *watch.node.birds[Family::kIpv4].peers;
  for (int i = 1; i <= 100; ++i) peers.push_back(MeshPeer(absl::StrCat("10.40.0.", i)));
  const auto added = watch.Poll();
  REQUIRE(added.size() == 21);
  CHECK(added.back().message == "peer added, and so for others");
  CHECK(FieldOf(added.back(), "more") == "80");
  watch.ResolveDoubtfulRoutes();
  for (BgpPeer& peer : peers) EndSession(peer);
  const auto records = watch.Poll();
  REQUIRE(records.size() == 21);
  CHECK(records.front().message == "peer is down");
  CHECK(FieldOf(records.back(), "more") == "82");
}

TEST_CASE("a storm of findings that is over is told by the first and their number") {
  Watch watch;
  watch.ResolveDoubtfulRoutes();
  auto& peers = *watch.node.birds[Family::kIpv4].peers;
  for (int i = 1; i <= 250; ++i) peers.push_back(MeshPeer(absl::StrCat("10.40.", i / 200, ".", i % 200)));
  watch.ResolveDoubtfulRoutes();
  const std::vector<BgpPeer> up = peers;
  for (BgpPeer& peer : peers) EndSession(peer);
  for (int i = 0; i < 3; ++i) watch.Poll();
  peers = up;
  size_t told = 0, more = 0;
  for (const LogRecord& record : watch.Poll()) {
    told += record.message == "finding is over" && FieldOf(record, "check") == "bgp_peer_down";
    if (record.message == "finding is over, and more of this check") more = std::stoul(FieldOf(record, "more"));
  }
  CHECK(told == 20);
  CHECK(more == 232);
  CHECK(watch.Poll().empty());
}

}  // namespace
}  // namespace caliwatch
