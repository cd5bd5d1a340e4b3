// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/check.h"

#include <set>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const absl::Status kGone = absl::UnavailableError("netlink is gone");
const absl::Status kNone = absl::NotFoundError("no socket");

Judgement Judge(const Run& run, const Snapshot& node, const Recollection& before = {}) {
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Derived derived = Derive(node);
  return run({node, birds, derived, before});
}

std::vector<Finding> OneForEach(const std::vector<Link>& links, const HostRoutes&) {
  return std::vector<Finding>(links.size(), Finding{InterfaceName{"any"}, std::nullopt, ""});
}

std::vector<Finding> WhoeverAnswers(const BirdEvidence& bird, const std::vector<Address>&) {
  return {{FamilyWide::kBird, bird.now.family, ""}};
}

TEST_CASE("a check gets the tables and results that its parameters name") {
  const Snapshot node = HealthyNode();
  CHECK(Judge(JudgeNode(OneForEach), node)->size() == node.links->size());
}

TEST_CASE("where something that a check needs is unread it cannot judge, and the first of several says why") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("routes are gone");
  CHECK(Judge(JudgeNode(OneForEach), node).status().message() == "routes are gone");
  node.links = absl::UnavailableError("links are gone");
  CHECK(Judge(JudgeNode(OneForEach), node).status().message() == "links are gone");
}

TEST_CASE("a check that asks for the error, too, decides by itself") {
  const Run run = JudgeNode(+[](const Table<Route>& routes) {
    return std::vector<Finding>(routes.ok() ? 0 : 1, Finding{InterfaceName{"unread"}, std::nullopt, ""});
  });
  Snapshot node = HealthyNode();
  CHECK(Judge(run, node)->empty());
  node.routes = kGone;
  CHECK(Judge(run, node)->size() == 1);
}

TEST_CASE("one BIRD that does not answer keeps nobody from judging the other") {
  const Run run = JudgeEachBird(WhoeverAnswers);
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv6] = {kGone, kGone, kGone};
  CHECK(Judge(run, node)->size() == 1);
  node.birds[Family::kIpv4] = {kGone, kGone, kGone};
  CHECK(Judge(run, node).status() == kGone);
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6] = {kNone, kNone, kNone};
  CHECK(Judge(run, node)->empty());  // not used here: nothing to find, and nothing unread
  node.addresses = absl::UnavailableError("addresses are gone");
  CHECK(Judge(run, node).status().message() == "addresses are gone");
}

TEST_CASE("a BIRD whose socket is gone is unread where it is known to run, and does not apply elsewhere") {
  const Run run = JudgeEachBird(WhoeverAnswers);
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6] = {kNone, kNone, kNone};
  Recollection before;
  before.birds[Family::kIpv4].expected = true;
  CHECK(Judge(run, node, before).status() == absl::UnavailableError("no socket"));
}

TEST_CASE("findings count whatever is unread; silence counts only if nothing is") {
  const Finding finding{InterfaceName{"eth0"}, std::nullopt, ""};
  CHECK(Judged({finding}, kGone)->size() == 1);
  CHECK(Judged({}, kGone).status() == kGone);
  CHECK(Judged({}, absl::OkStatus())->empty());
}

TEST_CASE("a peer is its address, or its protocol where BIRD has no address for it") {
  BgpPeer peer = MeshPeer("10.39.1.12");
  CHECK(PeerFinding(peer, Family::kIpv4, "").subject == Thing(*IpAddress::Parse("10.39.1.12")));
  peer.address.reset();
  CHECK(PeerFinding(peer, Family::kIpv4, "").subject == Thing(ProtocolName{peer.name}));
  CHECK(PeerFinding(peer, Family::kIpv4, "").is_peer);
}

TEST_CASE("checks are listed by name, each once, and each with all of its texts") {
  absl::string_view last;
  for (const CheckInfo* check : AllCheckInfos()) {
    INFO(check->name);
    CHECK(last < check->name);
    last = check->name;
    CHECK_FALSE((check->summary.empty() || check->impact.empty() || check->meaning.empty() || check->remedy.empty()));
  }
  CHECK(AllChecks().size() >= 33);
}

}  // namespace
}  // namespace caliwatch
