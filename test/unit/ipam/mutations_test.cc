// SPDX-License-Identifier: Apache-2.0

// A thousand random changes of a healthy cluster, one thing each: every one is found by the check that its rule names,
// or its rule says why nobody is to find it; and never is anything released that somebody has.

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"
#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Random = std::mt19937;
using Names = std::set<std::string>;

// What a change was, and what must come of it. Empty: nothing may, and `why` says why not.
struct Outcome {
  std::string what;
  Names one_of;
  std::string why = {};
};

template <class Map>
auto& Any(Map& rows, Random& random) {
  return *std::next(rows.begin(), static_cast<ptrdiff_t>(random() % rows.size()));
}

struct Picked {
  IpamBlock* block;
  size_t at;
  RecordKind kind;

  IpamRecord& record() const { return block->records[at]; }
  RecordAttributes& attributes() const { return block->attributes[record().attributes]; }
};

Picked AnyRecord(ClusterRecords& records, Random& random) {
  IpamBlock& block = Any(records.blocks.rows, random).second;
  const size_t at = random() % block.records.size();
  return {&block, at, KindOf({&block, &block.records[at]})};
}

constexpr char kNotUsed[] = "nobody has it, and it is reserved or a controller's of Calico, which has its own record";

IpAddress FreeAddress(const IpamBlock& block) {
  IpAddress address = block.cidr.address;
  address.bytes[3] = static_cast<uint8_t>(address.bytes[3] + 50);
  return address;
}

Outcome DropRecord(ClusterRecords& records, Random& random) {
  const Picked one = AnyRecord(records, random);
  const RecordKind kind = one.kind;
  one.block->records.erase(one.block->records.begin() + static_cast<ptrdiff_t>(one.at));
  if (kind == RecordKind::kLoadBalancer || kind == RecordKind::kReserved)
    return {"drop record", {"ipam_handle_disagrees"}};
  return {"drop record", {"ipam_running_without_record"}};
}

Outcome DoubleRecord(ClusterRecords& records, Random& random) {
  const Picked one = AnyRecord(records, random);
  IpamRecord copy = one.record();
  copy.address = FreeAddress(*one.block);
  one.block->records.push_back(copy);
  // Its handle counts one address less than the block has; if it is a pod's, nobody has the second.
  return {"double record",
          one.kind == RecordKind::kWorkload ? Names{"ipam_address_leaked"} : Names{"ipam_handle_disagrees"}};
}

Outcome MoveRecord(ClusterRecords& records, Random& random) {
  const Picked one = AnyRecord(records, random);
  one.record().address = FreeAddress(*one.block);
  if (one.kind == RecordKind::kLoadBalancer || one.kind == RecordKind::kReserved) return {"move record", {}, kNotUsed};
  return {"move record", {"ipam_running_without_record"}};
}

Outcome GiveRecordAway(ClusterRecords& records, Random& random) {
  const Picked one = AnyRecord(records, random);
  RecordAttributes other = one.attributes();
  other.owner = {.pod = "other/pod", .node = "n2", .service = ""};
  one.block->attributes.push_back(other);
  one.record().attributes = static_cast<uint32_t>(one.block->attributes.size() - 1);
  if (one.kind != RecordKind::kWorkload)
    return {"give record away", {}, "whose it is shows by its handle or type, which stays"};
  return {"give record away", {"ipam_record_of_another"}};
}

Outcome AgeRecord(ClusterRecords& records, Random& random) {
  const Picked one = AnyRecord(records, random);
  one.attributes().assigned = kClusterRead - absl::Hours(static_cast<int>(random() % 10'000));
  return {"age record", {}, "since when an address is taken says nothing against who has it"};
}

std::string AnyPod(ClusterRecords& records, Random& random) {
  while (true) {
    const auto& [name, pod] = Any(records.pods.rows, random);
    if (!pod.IsOver() && !pod.host_network) return name;
  }
}

Outcome DropPod(ClusterRecords& records, Random& random) {
  records.pods.rows.erase(AnyPod(records, random));
  return {"drop pod", {"ipam_interface_without_pod"}};
}

Outcome DoublePod(ClusterRecords& records, Random& random) {
  ClusterPod copy = records.pods.rows.at(AnyPod(records, random));
  const bool is_machine = !copy.virtual_machine.empty();
  copy.name = "default/copy";
  records.pods.rows[copy.name] = copy;
  // Both of the same machine: as during its migration.
  if (is_machine) return {"double pod", {}, "two pods of one virtual machine share its address while it migrates"};
  return {"double pod", {"ipam_address_twice"}};
}

Outcome MovePod(ClusterRecords& records, Random& random) {
  ClusterPod& pod = records.pods.rows.at(AnyPod(records, random));
  pod.node = pod.node == "n1" ? "n2" : "n1";
  return {"move pod", {"ipam_pod_without_interface"}};
}

Outcome AgePod(ClusterRecords& records, Random& random) {
  ClusterPod& pod = records.pods.rows.at(AnyPod(records, random));
  pod.deleting = kClusterRead - absl::Minutes(6 + static_cast<int>(random() % 1'000));
  return {"age pod's deletion", {"ipam_pod_deletion_stuck"}};
}

NodeReport& AnyReport(ClusterRecords& records, Random& random) { return Any(records.reports.rows, random).second; }

Outcome DropInterface(ClusterRecords& records, Random& random) {
  auto& addresses = AnyReport(records, random).addresses;
  addresses.erase(addresses.begin() + static_cast<ptrdiff_t>(random() % addresses.size()));
  return {"drop interface", {"ipam_pod_without_interface"}};
}

Outcome DoubleInterface(ClusterRecords& records, Random& random) {
  NodeReport& report = AnyReport(records, random);
  const NodeAddress seen = report.addresses[random() % report.addresses.size()];
  AddSighting(records, report.node == "n1" ? "n2" : "n1", seen.address, "default/copy");
  const bool is_machine = seen.pod == "default/virt-launcher-vm-1";
  if (is_machine)
    return {"double interface", {}, "as while a virtual machine migrates: its record says that it is one"};
  return {"double interface", {"ipam_address_twice"}};
}

Outcome MoveInterface(ClusterRecords& records, Random& random) {
  NodeReport& report = AnyReport(records, random);
  const NodeAddress seen = report.addresses[random() % report.addresses.size()];
  const std::string to = report.node == "n1" ? "n2" : "n1";
  RemoveSighting(records, report.node, seen.address);
  AddSighting(records, to, seen.address, seen.pod);
  return {"move interface", {"ipam_pod_without_interface"}};
}

Outcome AgeReport(ClusterRecords& records, Random& random) {
  AnyReport(records, random).read_at = kClusterRead - absl::Minutes(static_cast<int>(random() % 50));
  return {"age report", {}, "what an older report has, pods and records still confirm"};
}

Outcome DropHandle(ClusterRecords& records, Random& random) {
  const auto& [key, handle] = Any(records.handles.rows, random);
  const bool reserved = handle.id == "windows-reserved-ipam-handle";
  records.handles.rows.erase(std::string(key));
  if (reserved) return {"drop handle", {}, "addresses reserved for Windows are given back by nobody"};
  return {"drop handle", {"ipam_handle_disagrees"}};
}

Outcome MiscountHandle(ClusterRecords& records, Random& random) {
  auto& blocks = Any(records.handles.rows, random).second.blocks;
  blocks[0].second += 1 + static_cast<int>(random() % 3);
  return {"miscount handle", {"ipam_handle_disagrees"}};
}

Outcome MoveHandle(ClusterRecords& records, Random& random) {
  Any(records.handles.rows, random).second.blocks[0].first = Block("10.48.77.0/26");
  return {"move handle", {"ipam_handle_disagrees"}};
}

Outcome DropClaim(ClusterRecords& records, Random& random) {
  const auto& [key, claim] = Any(records.affinities.rows, random);
  const bool is_host = claim.is_host;
  records.affinities.rows.erase(std::string(key));
  if (!is_host) return {"drop claim", {}, "a block for load balancers is no node's"};
  return {"drop claim", {"ipam_block_without_affinity"}};
}

Outcome DoubleClaim(ClusterRecords& records, Random& random) {
  BlockAffinity copy = Any(records.affinities.rows, random).second;
  copy.node = copy.node == "n1" ? "n2" : "n1";
  copy.is_host = true;
  records.affinities.rows["copy"] = copy;
  return {"double claim", {"ipam_affinity_conflict"}};
}

Outcome AgeClaim(ClusterRecords& records, Random& random) {
  BlockAffinity& claim = Any(records.affinities.rows, random).second;
  claim.state = "pending";
  return {"claim never confirmed", {"ipam_affinity_pending"}};
}

Outcome DropBlock(ClusterRecords& records, Random& random) {
  const auto& [key, block] = Any(records.blocks.rows, random);
  const bool is_nodes = !block.node().empty();
  records.blocks.rows.erase(std::string(key));
  if (!is_nodes) return {"drop block", {"ipam_handle_disagrees"}};
  return {"drop block", {"ipam_running_without_record"}};
}

Outcome DoubleBlock(ClusterRecords& records, Random& random) {
  IpamBlock copy = Any(records.blocks.rows, random).second;
  copy.cidr.length += static_cast<uint8_t>(random() % 3);
  records.blocks.rows["copy"] = copy;
  return {"double block", {"ipam_blocks_overlap"}};
}

Outcome MoveBlock(ClusterRecords& records, Random& random) {
  IpamBlock& block = Any(records.blocks.rows, random).second;
  const bool is_nodes = !block.node().empty();
  block.affinity = block.affinity == "host:n1" ? "host:n2" : "host:n1";
  if (!is_nodes) return {"move block", {"ipam_block_without_affinity"}};
  return {"move block", {"ipam_affinity_conflict"}};
}

Outcome DropNode(ClusterRecords& records, Random& random) {
  records.nodes.rows.erase(std::string(Any(records.nodes.rows, random).first));
  return {"drop node", {"ipam_affinity_of_gone_node"}};
}

Outcome ForgetKernelBlock(ClusterRecords& records, Random& random) {
  AnyReport(records, random).local_blocks->clear();
  return {"drop kernel's block", {"ipam_block_not_in_kernel"}};
}

Outcome AddKernelBlock(ClusterRecords& records, Random& random) {
  AnyReport(records, random).local_blocks->push_back(Block(absl::StrCat("10.48.", 20 + random() % 200, ".64/26")));
  return {"add kernel's block", {"ipam_block_unrecorded"}};
}

Outcome DropPool(ClusterRecords& records, Random&) {
  records.pools.rows.at("default").cidr = Block("10.99.0.0/16");
  return {"move pool", {"ipam_block_outside_pools"}};
}

Outcome DropEverythingOfAPod(ClusterRecords& records, Random& random) {
  const std::string name = AnyPod(records, random);
  const ClusterPod pod = records.pods.rows.at(name);
  records.pods.rows.erase(name);
  RemoveSighting(records, pod.node, pod.addresses[0]);
  if (!pod.virtual_machine.empty())
    return {"drop pod and interface", {}, "a virtual machine that stands still keeps its address"};
  return {"drop pod and interface", {"ipam_address_leaked"}};
}

bool SomebodyHas(const ClusterRecords& records, const IpAddress& address) {
  return !IpamEvidence(records, kClusterRead).IsUnused(address);
}

}  // namespace

TEST_CASE("of a thousand random changes each is found, or argued") {
  const std::vector<std::function<Outcome(ClusterRecords&, Random&)>> changes = {
      DropRecord,     DoubleRecord,    MoveRecord,
      GiveRecordAway, AgeRecord,       DropPod,
      DoublePod,      MovePod,         AgePod,
      DropInterface,  DoubleInterface, MoveInterface,
      AgeReport,      DropHandle,      MiscountHandle,
      MoveHandle,     DropClaim,       DoubleClaim,
      AgeClaim,       DropBlock,       DoubleBlock,
      MoveBlock,      DropNode,        ForgetKernelBlock,
      AddKernelBlock, DropPool,        DropEverythingOfAPod};
  Random random(3);  // seed 003
  const ClusterRecords healthy = HealthyCluster();
  std::map<std::string, int> found, argued;
  for (int i = 0; i < 1'000; ++i) {
    ClusterRecords records = healthy;
    const Outcome outcome = changes[random() % changes.size()](records, random);
    IpamState state;
    JudgeIpam(records, kClusterRead, state);
    const IpamReport report = JudgeIpam(records, kClusterRead + absl::Minutes(6), state);
    INFO("change " << i << ": " << outcome.what << ", " << outcome.why);
    const Names checks = ChecksThatFound(report);
    if (outcome.one_of.empty()) {
      CHECK(checks == Names{});
      CHECK_FALSE(outcome.why.empty());
      ++argued[outcome.what];
    } else {
      const bool is_found = std::any_of(outcome.one_of.begin(), outcome.one_of.end(),
                                        [&](const std::string& check) { return checks.count(check) != 0; });
      UNSCOPED_INFO("wanted " << *outcome.one_of.begin() << ", found "
                              << (checks.empty() ? "nothing" : *checks.begin()));
      CHECK(is_found);
      ++found[outcome.what];
    }
    for (const IpamRelease& release : report.releases.addresses) CHECK_FALSE(SomebodyHas(records, release.address));
  }
  CHECK(found.size() >= 20);
  CHECK(argued.size() >= 5);
}

}  // namespace caliwatch
