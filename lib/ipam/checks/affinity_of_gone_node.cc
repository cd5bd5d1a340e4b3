// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

struct Holding {
  std::set<Prefix> blocks;
  size_t addresses = 0;
  bool young = false;
};
using Holdings = std::map<absl::string_view, Holding>;  // by node

Holdings AllHoldings(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  Holdings holdings;
  for (const auto& [key, claim] : records.affinities.rows) {
    if (!claim.is_host) continue;
    Holding& holding = holdings[claim.node];
    holding.blocks.insert(claim.block);
    holding.young |= IsYoung(claim.created, records.nodes.read_at);
  }
  for (const auto& [key, block] : records.blocks.rows) {
    if (block.node().empty()) continue;
    Holding& holding = holdings[block.node()];
    holding.blocks.insert(block.cidr);
    holding.addresses += block.records.size();
    holding.young |= IsYoung(block.claimed, records.nodes.read_at);
  }
  return holdings;
}

IpamJudgement OfGoneNode(const IpamEvidence& evidence) {
  if (!evidence.Read(evidence.records.nodes).ok()) return IpamJudgement(evidence.Read(evidence.records.nodes));
  const Holdings holdings = AllHoldings(evidence);
  size_t known = 0;
  for (const auto& [node, _] : holdings) known += evidence.KnowsNode(node) ? 1 : 0;
  if (known == 0 && !holdings.empty())
    return IpamJudgement(absl::FailedPreconditionError(
        "no block is of a node that is known: the records name nodes otherwise than what was read as nodes"));
  IpamJudgement judgement;
  for (const auto& [node, holding] : holdings) {
    if (evidence.KnowsNode(node)) continue;
    if (holding.young) {
      judgement.Doubt("its block was claimed less than a minute before nodes were read, or later", std::string(node),
                      true);
      continue;
    }
    judgement.Find(
        {.subject = absl::StrCat("node ", node),
         .detail = absl::StrCat("is gone, and still has ", holding.blocks.size(),
                                holding.blocks.size() == 1 ? " block with " : " blocks with ", holding.addresses,
                                " recorded addresses; the first is ", holding.blocks.begin()->ToString()),
         .node = std::string(node)});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_affinity_of_gone_node",
        .severity = Severity::kWarning,
        .summary = "Blocks of addresses belong to a node that is no more.",
        .impact =
            "Its addresses are given to nobody, and other nodes may have no route to those that still are in use.",
        .meaning =
            "A node was removed, and what it held in IPAM was not. Where Kubernetes is the datastore, "
            "calico-kube-controllers releases it within minutes; with an etcd of Calico's own, `calicoctl delete "
            "node` does.",
        .remedy =
            "See that calico-kube-controllers runs (kubectl get pods -A -l k8s-app=calico-kube-controllers). With "
            "Calico's own etcd: calicoctl delete node NAME, if the machine is really off. Then release its leaked "
            "addresses by the report.",
    },
    OfGoneNode);

}  // namespace
}  // namespace caliwatch
