// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/cluster_text.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

std::string TextOf(const std::vector<AskedAgent>& cluster, int looks = 2) {
  ClusterState state;
  ClusterReport report;
  for (int look = 0; look < looks; ++look) report = JudgeCluster(cluster, absl::FromUnixSeconds(1'800'000'000), state);
  return ClusterText(report);
}

TEST_CASE("a healthy cluster is a headline and a line a node") {
  CHECK(TextOf(HealthyCluster(2)) ==
        "Cluster: nothing wrong found on 2 nodes\n"
        "Seen 2027-01-15 08:00:00 UTC, 2 of 2 agents answered\n"
        "\nNodes\n"
        "  NODE  STATE  BGP  BLOCKS  PODS  WHAT\n"
        "  n1    OK     1/1       1     1\n"
        "  n2    OK     1/1       1     1\n");
}

TEST_CASE("a finding comes with what it breaks, what to do, what to type and what it explains") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (const size_t node : {0, 1, 3}) {
    TakeDown(SessionOf(cluster, node, 2));
    cluster[node].node->findings = {{"critical", "bgp_peer_down", "10.39.1.13", absl::Minutes(9), 4}};
  }
  cluster[2].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  const std::string text = TextOf(cluster);
  for (const char* part :
       {"  CRITICAL  cluster_node_called_dead: Most nodes have lost BGP with a node that lives.\n",
        "    It explains 15 findings on 3 nodes.\n", "    What it breaks: The other nodes drop",
        "    What to do: Look at calico-node on that node",
        "      kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector spec.nodeName=n3\n",
        "What nodes find themselves, and nothing above explains\n", "CRITICAL  bird_down"}) {
    INFO(part);
    CHECK(absl::StrContains(text, part));
  }
  CHECK_FALSE(absl::StrContains(text, "CRITICAL  bgp_peer_down"));
  CHECK(absl::StrContains(TextOf(cluster, 1), "Not yet sure: counts if the next look sees it, too\n"));
}

TEST_CASE("of many nodes the worst are printed, and names that are no text break no line") {
  std::vector<AskedAgent> cluster = HealthyCluster(3);
  cluster[0].node->node = "n\x1b[31m\n1";
  cluster[1].node->workload_mtu = 1400;
  const std::string text = TextOf(cluster);
  CHECK_FALSE(absl::StrContains(text, "\x1b"));
  CHECK(absl::StrContains(text, "In what nodes differ\n"));
  CHECK(absl::StrContains(text, "MTU of pods"));
  std::vector<AskedAgent> many(kPrintedNodes + 7);
  for (size_t i = 0; i < many.size(); ++i) {
    many[i].address = absl::StrCat("10.1.", i / 250, ".", i % 250, ":10179");
    Silence(many[i]);
  }
  CHECK(absl::StrContains(TextOf(many), "  and 7 more, none of them worse\n"));
}

}  // namespace
}  // namespace caliwatch
