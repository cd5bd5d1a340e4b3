// SPDX-License-Identifier: Apache-2.0
// Tables that change while they are read, as on a node with much coming and going.

#include <random>

#include "lib/analysis/observe.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/faulty_node.h"
#include "test/support/memory_node.h"

namespace caliwatch {
namespace {

// What the two nodes of the recordings lack to be one that is well.
MemoryNode QuietNode() {
  MemoryNode node = ReadableNode();
  node.answers.clear();
  node.messages[KernelTable::kPods].clear();
  node.endpoint_files = std::vector<NamedFile>{
      {"k8s default%2Fweb-0 eth0",
       R"({"ifaceName":"cali12ab34cd56e","ipv4Nets":["10.65.0.2/32"],"ipv6Nets":["fd65::2/128"]})"}};
  return node;
}

size_t FindingsOf(const Report& report) {
  size_t count = 0;
  for (const Verdict& verdict : report.verdicts) count += verdict.findings.size();
  return count;
}

// Interrupts each attempt to dump with this chance.
class BusyNode : public FaultyNode {
 public:
  BusyNode(RawNode& node, double chance) : FaultyNode(node), chance_(chance) {}
  absl::Status Dump(KernelTable table, OnMessage on_message) override {
    const absl::Status dumped = FaultyNode::Dump(table, on_message);
    if (!dumped.ok() || std::bernoulli_distribution(chance_)(random_) == false) return dumped;
    ++interrupted;
    return absl::AbortedError("the table changed meanwhile");
  }
  int interrupted = 0;

 private:
  double chance_;
  std::mt19937 random_{1};
};

TEST_CASE("with three dumps in ten interrupted, nothing is found, and nearly every source is read") {
  MemoryNode quiet = QuietNode();
  BusyNode node(quiet, 0.3);
  Observer observer;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  size_t unread = 0;
  constexpr int kPolls = 500;
  for (int poll = 0; poll < kPolls; ++poll) {
    now += absl::Seconds(5);
    const Report report =
        observer.Observe(ReadSnapshot(node, [&] { return now; }, {.boot_time = now - absl::UnixEpoch()}));
    REQUIRE(FindingsOf(report) == 0);
    for (const SourceReading& reading : report.sources) unread += !reading.status.ok();
  }
  CHECK(node.interrupted > kPolls);
  CHECK(unread > 0);  // five times in a row does happen
  CHECK(unread < kPolls / 10);
}

TEST_CASE("the node that is well without interruptions is not well with a fault") {
  MemoryNode node = QuietNode();
  node.messages[KernelTable::kRoutes].clear();  // its pod's routes
  Observer observer({.polls_to_hold = 1});
  CHECK(FindingsOf(observer.Observe(ReadSnapshot(node, absl::InfinitePast))) > 0);
}

}  // namespace
}  // namespace caliwatch
