// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

constexpr char kCheck[] = "endpoint_files_stale";

// The second pod has ended, and another one has started; as Felix wrote it before.
Snapshot Stale(Snapshot node = HealthyNode()) {
  node.links->back() = WorkloadLink(9, "cali00000000009");
  std::erase_if(*node.routes, [](const Route& route) { return route.link == 6; });
  node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
  return node;
}

Snapshot At(Snapshot node, int second) {
  node.taken_at += absl::Seconds(second);
  node.boot_time += absl::Hours(5) + absl::Seconds(second);
  *node.birds[Family::kIpv4].status->uptime += absl::Seconds(second);  // the same BIRD
  return node;
}

std::vector<std::string> FoundIn(const Report& report) {
  std::vector<std::string> found;
  for (const Verdict& verdict : report.verdicts)
    found.insert(found.end(), verdict.findings.size(), std::string(verdict.check->name));
  return found;
}

Report Poll(Observer& observer, const Snapshot& node, int second) { return observer.Observe(Seen(At(node, second))); }

// All that is found at the last of polls, a second apart.
std::vector<std::string> FoundBetween(Observer& observer, const Snapshot& node, int from, int to) {
  for (int second = from; second < to; ++second) Poll(observer, node, second);
  return FoundIn(Poll(observer, node, to));
}

using Found = std::vector<std::string>;

TEST_CASE("a healthy node's files are not stale, and without files there is nothing to judge") {
  CHECK(JudgeBy(kCheck, HealthyNode())->empty());
  Snapshot node = Stale();
  node.endpoints = absl::NotFoundError("no folder");
  CHECK(absl::IsNotFound(JudgeBy(kCheck, node).status()));
}

TEST_CASE("files that no longer follow are one finding after half a minute, and nothing else is found") {
  Observer observer;
  FoundBetween(observer, HealthyNode(), 0, 5);
  CHECK(FoundBetween(observer, Stale(), 6, 35).empty());
  CHECK(FoundBetween(observer, Stale(), 36, 40) == Found{kCheck});
  CHECK(FoundBetween(observer, HealthyNode(), 41, 42).empty());
}

TEST_CASE("what does not follow is named, with its owner") {
  Observer observer;
  for (int second = 0; second < 65; ++second) Poll(observer, Stale(), second);
  const Report report = Poll(observer, Stale(), 65);
  for (const Verdict& verdict : report.verdicts)
    if (verdict.check->name == kCheck) {
      REQUIRE(verdict.findings.size() == 1);
      CHECK(verdict.findings.front().subject == "endpoint-status");
      CHECK(verdict.findings.front().finding.detail ==
            "the 2 files do not follow the pods of this node: 1 file names an interface that is gone (calif0f0f0f0f0f "
            "of pod default/pod-2), and 1 interface has a pod's route and no file (cali00000000009)");
    }
}

TEST_CASE("two looks that nobody looked before believe in several, not in one pod that ends and one that starts") {
  const auto found = [](const Snapshot& node) {
    Observer observer({.polls_to_hold = 2});
    FoundBetween(observer, node, 0, 1);
    return FoundIn(Poll(observer, node, 2));
  };
  Snapshot node = Stale();
  CHECK(found(node).empty());
  node.endpoints->push_back(EndpointRow("default/pod-3", "cali00000000003", "192.168.231.3"));
  CHECK(found(node).empty());
  node.links->push_back(WorkloadLink(10, "cali00000000010"));
  node.routes->push_back(WorkloadRoute("192.168.231.10", 10));
  CHECK(found(node) == Found{kCheck});
}

TEST_CASE("pods that come and go each a little out of step are no stale files, however long that goes on") {
  Observer observer;
  for (int second = 0; second < 300; ++second) {
    Snapshot node = HealthyNode();
    if (second > 0) {
      const std::string gone = "cali" + std::to_string(second / 20);
      node.endpoints->push_back(EndpointRow("default/" + gone, gone, "192.168.231.20"));
    }
    CHECK(FoundIn(Poll(observer, node, second)).empty());
  }
}

TEST_CASE("while Felix is away, its own finding tells of its files, and they need not follow at once when it is back") {
  Observer observer;
  FoundBetween(observer, HealthyNode(), 0, 5);
  Snapshot away = Stale();
  away.felix = absl::DeadlineExceededError("silence");
  CHECK(FoundBetween(observer, away, 6, 65).empty());
  CHECK(FoundBetween(observer, away, 66, 100) == Found{"felix_down"});
  CHECK(FoundBetween(observer, Stale(), 101, 124).empty());
  CHECK(FoundBetween(observer, Stale(), 125, 131) == Found{kCheck});
}

TEST_CASE("one interface that is gone while a Felix of 3.32 or later is well is not for the files to explain") {
  Snapshot node = HealthyNode();
  for (Route& route : *node.routes)
    if (route.link == 5) route.metric = 1024;
  node.links->pop_back();
  std::erase_if(*node.routes, [](const Route& route) { return route.link == 6; });
  Recollection before;
  before.felix = {.answered = true,
                  .doubts = {{"calif0f0f0f0f0f", {FileDoubt::kNoInterface, absl::Minutes(1), false}}}};
  CHECK(JudgeBy(kCheck, node, before)->empty());
  SECTION("without metrics it may be a Calico that writes none") {
    for (Route& route : *node.routes) route.metric = 0;
    CHECK(JudgeBy(kCheck, node, before)->size() == 1);
  }
  SECTION("with another doubt beside it the files are wrong") {
    before.felix.doubts["calia"] = {FileDoubt::kNoInterface, absl::Minutes(1), false};
    CHECK(JudgeBy(kCheck, node, before)->size() == 1);
  }
  SECTION("a Felix of which nobody has heard may be away") {
    before.felix.answered = false;
    CHECK(JudgeBy(kCheck, node, before)->size() == 1);
  }
}

TEST_CASE("one look believes in two interfaces that are gone and two that have come, and in nothing less") {
  Recollection before;
  const auto found = [&](std::vector<FileDoubt> doubts) {
    before.felix.doubts.clear();
    for (const FileDoubt doubt : doubts)
      before.felix.doubts[absl::StrCat("cali", before.felix.doubts.size())] = {doubt, absl::ZeroDuration(), true};
    return JudgeBy(kCheck, HealthyNode(), before)->size();
  };
  const FileDoubt gone = FileDoubt::kNoInterface, come = FileDoubt::kNoFile, other = FileDoubt::kOtherAddress;
  CHECK(found({gone, gone, come, come}) == 1);
  CHECK(found({gone, gone, come}) == 0);
  CHECK(found({gone, come, come}) == 0);
  CHECK(found({other, other, other}) == 0);
}

TEST_CASE("files are stale from when Felix has had the time that it takes to catch up") {
  Recollection before;
  before.felix.doubts["calif0f0f0f0f0f"] = {FileDoubt::kNoInterface, kFelixCatchesUp, false};
  CHECK(JudgeBy(kCheck, HealthyNode(), before)->size() == 1);
  before.felix.doubts["calif0f0f0f0f0f"].age -= absl::Seconds(1);
  CHECK(JudgeBy(kCheck, HealthyNode(), before)->empty());
}

TEST_CASE("what could not be read is unknown rather than right") {
  Snapshot node = HealthyNode();
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(JudgeBy(kCheck, node).status()));
}

}  // namespace
}  // namespace caliwatch
