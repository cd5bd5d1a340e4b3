// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// Who has an address that no record has: names of pods to be made anew, and all who have it in words.
struct Users {
  std::set<std::string> pods, nodes;
  std::map<std::string, std::string> words;  // by pod, or by what else has it
  bool young = false;
};

void AddPods(const IpamEvidence& evidence, const IpAddress& address, Users& users) {
  for (const auto& [_, pod] : evidence.pods.At(address)) {
    if (pod->without_ipam || !evidence.HasIt(*pod, address)) continue;
    users.pods.insert(pod->name);
    users.words[pod->name] = absl::StrCat("pod ", pod->name, " of node ", pod->node);
    users.nodes.insert(pod->node);
    users.young |= IsYoung(pod->created, evidence.records.blocks.read_at);
  }
}

void AddEndpoints(const IpamEvidence& evidence, const IpAddress& address, Users& users) {
  for (const auto& [_, endpoint] : evidence.endpoints.At(address)) {
    // Where pods are known, an endpoint without one runs nothing.
    if (!evidence.EndpointsCount()) continue;
    users.pods.insert(endpoint->pod);
    users.words[endpoint->pod] = absl::StrCat("pod ", endpoint->pod, " of node ", endpoint->node);
    users.nodes.insert(endpoint->node);
    users.young |= IsYoung(endpoint->created, evidence.records.blocks.read_at);
  }
}

bool MayGoWithoutIpam(const IpamEvidence& evidence, const Sighting& sighting) {
  const ClusterPod* pod = evidence.PodCalled(sighting.seen->pod);
  return pod != nullptr && pod->without_ipam;
}

void AddSightings(const IpamEvidence& evidence, const IpAddress& address, Users& users) {
  for (const auto& [_, sighting] : evidence.sightings.At(address)) {
    if (!sighting.IsUsed() || MayGoWithoutIpam(evidence, sighting)) continue;
    if (!sighting.seen->pod.empty()) users.pods.insert(sighting.seen->pod);
    const std::string text = SightingText(sighting);
    users.words[sighting.seen->pod.empty() ? text : sighting.seen->pod] = text;
    users.nodes.insert(sighting.report->node);
  }
}

void AddTunnels(const IpamEvidence& evidence, const IpAddress& address, Users& users) {
  for (const auto& [_, node] : evidence.tunnels.At(address)) {
    users.words[absl::StrCat("tunnel ", node->name)] = absl::StrCat("the tunnel of node ", node->name);
    users.nodes.insert(node->name);
    users.young |= IsYoung(node->created, evidence.records.blocks.read_at);
  }
}

bool HasRoom(const IpamBlock& block) {
  const size_t bits = block.cidr.address.bits() - size_t{block.cidr.length};
  return bits >= 32 || block.records.size() < (size_t{1} << bits);
}

// A node takes a new block only when none of its own has room.
std::set<std::string> NodesThatMayTakeABlock(const IpamEvidence& evidence) {
  std::set<std::string> nodes;
  for (const auto& [key, node] : evidence.records.nodes.rows) nodes.insert(node.name);
  for (const auto& [key, block] : evidence.records.blocks.rows)
    if (HasRoom(block)) nodes.erase(std::string(block.node()));
  return nodes;
}

// To keep new pods off these nodes, and to let them back. Of many nodes, all are meant.
constexpr size_t kMostNamed = 20;
constexpr char kAllNodes[] = "--selector=kubernetes.io/os=linux";

// New pods must not get the address while its user is made anew: that is why nodes are cordoned first.
std::vector<std::string> Steps(const IpamEvidence& evidence, const IpAddress& address, const Users& users) {
  std::vector<std::string> steps;
  const IpamBlock* block = evidence.BlockAt(address);
  std::set<std::string> giving = users.nodes;
  if (block == nullptr)
    giving.merge(NodesThatMayTakeABlock(evidence));
  else if (!block->node().empty())
    giving.insert(std::string(block->node()));
  if (giving.size() > kMostNamed) giving = {kAllNodes};
  for (const std::string& node : giving) steps.push_back(absl::StrCat("kubectl cordon ", node));
  for (const std::string& pod : users.pods) steps.push_back(DeletePod(pod));
  for (const std::string& node : giving) steps.push_back(absl::StrCat("kubectl uncordon ", node));
  return steps;
}

std::string Words(const Users& users) {
  return absl::StrJoin(users.words, ", ", [](std::string* out, const auto& user) { *out += user.second; });
}

void JudgeAddress(const IpamEvidence& evidence, const IpAddress& address, IpamJudgement& judgement) {
  Users users;
  AddPods(evidence, address, users);
  AddEndpoints(evidence, address, users);
  AddSightings(evidence, address, users);
  AddTunnels(evidence, address, users);
  if (users.words.empty()) return;
  if (users.young)
    return judgement.Doubt("it was made less than a minute before the records were read, or later", address.ToString(),
                           true);
  const IpamBlock* block = evidence.BlockAt(address);
  IpamFinding finding{.subject = address.ToString(),
                      .detail = absl::StrCat(Words(users), " has it, and no record does: "),
                      .commands = Steps(evidence, address, users),
                      .node = *users.nodes.begin()};
  if (block == nullptr)
    absl::StrAppend(&finding.detail, "its block is not recorded either, so that any node may take it");
  else
    absl::StrAppend(&finding.detail, "the next pod that gets an address of ", block->cidr.ToString(),
                    block->node().empty() ? "" : absl::StrCat(" at node ", block->node()), " may get this one");
  if (block != nullptr) finding.related.push_back(block->cidr.ToString());
  judgement.Find(std::move(finding));
}

IpamJudgement WithoutRecord(const IpamEvidence& evidence) {
  if (!evidence.Read(evidence.records.blocks).ok()) return IpamJudgement(evidence.Read(evidence.records.blocks));
  IpamJudgement judgement;
  std::set<IpAddress> judged;
  const auto judge = [&](const IpAddress& address) {
    if (evidence.IsRecorded(address) || !evidence.IsOfIpam(address) || !judged.insert(address).second) return;
    JudgeAddress(evidence, address, judgement);
  };
  for (const auto& [address, _] : evidence.pods.all()) judge(address);
  for (const auto& [address, _] : evidence.endpoints.all()) judge(address);
  for (const auto& [address, _] : evidence.sightings.all()) judge(address);
  for (const auto& [address, _] : evidence.tunnels.all()) judge(address);
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_running_without_record",
        .severity = Severity::kCritical,
        .summary = "A pod runs with an address that Calico's IPAM believes to be free.",
        .impact = "The next pod that asks may be given the same address: then traffic to either reaches the newer one, "
                  "and the older is cut off.",
        .meaning = "Records were lost or deleted (an etcd restored from a backup, a wrong release), while pods went on "
                   "running. An address within a pool counts when a pod, an endpoint or a node's kernel has it and no "
                   "block records it, at two looks. Pods that asked for addresses without IPAM do not count.",
        .remedy =
            "Make the pods anew, those without a record alone: a pod that is made anew gets an address with a record. "
            "Until the last of them is gone, keep new pods off all nodes that may give one of the addresses. So, in "
            "this order: cordon all these nodes, delete all these pods, see that they are gone, uncordon the nodes "
            "(not those that were cordoned before). Pods that fit on no other node wait until then. Release nothing "
            "meanwhile. calicoctl cannot record an address for a pod that runs.",
    },
    WithoutRecord);

}  // namespace
}  // namespace caliwatch
