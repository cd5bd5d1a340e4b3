// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/match.h>

#include "lib/analysis/findings/check_info.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("graceful_restart_blocked", node); }

// BIRD restarted `ago`; its second peer never answers.
Snapshot Recovering(absl::Duration ago) {
  Snapshot node = HealthyNode();
  Bird& bird = node.birds[Family::kIpv4];
  bird.status->uptime = ago;
  bird.status->recovery = GracefulRestartWait{1, absl::Seconds(240) - ago, absl::Seconds(240)};
  BgpPeer& dead = bird.peers->back();
  dead.state = ProtocolState::kStart;
  dead.bgp_state = BgpState::kConnect;
  dead.bgp_state_text = "Connect";
  dead.recovery = RecoveryRole::kPending;
  node.bgp_sockets = std::vector<BgpSocket>{Listener(), SessionWith("10.39.1.219")};
  return node;
}

TEST_CASE("a recovery that waits for a dead peer names it, its state and the seconds left") {
  const JudgedTexts judgement = Run(Recovering(absl::Seconds(53)));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "BIRD ipv4");
  CHECK(absl::StartsWith(judgement->front().detail,
                         "keeps its routes out of the kernel, and announces none, until 10.39.1.36 answers or 187 s "
                         "have passed. 10.39.1.36: the peer does not answer"));
}

TEST_CASE("a peer that is connected but has not sent all its routes is told as that") {
  Snapshot node = Recovering(absl::Seconds(53));
  node.birds[Family::kIpv4].peers->back().bgp_state = BgpState::kEstablished;
  CHECK(absl::EndsWith(Run(node)->front().detail, "10.39.1.36 is connected, but has not sent all its routes"));
}

TEST_CASE("an ordinary recovery of a few seconds is no finding, nor one that waits for no peer, nor is none") {
  CHECK(Run(Recovering(absl::Seconds(4)))->empty());
  Snapshot node = Recovering(absl::Seconds(5));
  CHECK(Run(node)->size() == 1);
  node.birds[Family::kIpv4].peers->back().recovery = RecoveryRole::kNone;
  CHECK(Run(node)->empty());
  CHECK(Run(HealthyNode())->empty());
}

TEST_CASE("it says who holds recovery up with the first poll that sees it") {
  for (const CheckInfo* check : AllCheckInfos())
    if (check->name == "graceful_restart_blocked") CHECK(check->polls_to_hold == 1);
}

TEST_CASE("without BIRD there is nothing to recover; with one that cannot be asked, nobody knows") {
  Snapshot node = HealthyNode();
  const absl::Status none = absl::NotFoundError("no socket");
  node.birds[Family::kIpv4] = {none, none, none};
  CHECK(Run(node)->empty());
  const absl::Status silent = absl::DeadlineExceededError("silence");
  node.birds[Family::kIpv4] = {silent, silent, silent};
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
}

TEST_CASE("it is asked how calico-node does at the peer that recovery waits for, and at no other") {
  CHECK(LinesBy("graceful_restart_blocked", Recovering(absl::Seconds(53))) ==
        std::vector<std::string>{
            "kubectl exec -c calico-node $(kubectl get pods -A -l k8s-app=calico-node --field-selector "
            "spec.nodeName=node-231 -o jsonpath='-n {.items[0].metadata.namespace} {.items[0].metadata.name}') -- "
            "birdcl -s /var/run/calico/bird.ctl show protocols",
            "kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.36"});
}

}  // namespace
}  // namespace caliwatch
