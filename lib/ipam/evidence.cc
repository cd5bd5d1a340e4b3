// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/evidence.h"

#include <optional>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kWindowsHandle = "windows-reserved-ipam-handle";

bool IsTunnel(const RecordAttributes& attributes) {
  // Before 2019 a tunnel's address had neither handle nor attributes, while pods' had a handle.
  if (attributes.handle.empty() && attributes.type.empty() && attributes.owner == RecordOwner()) return true;
  return absl::EndsWith(attributes.type, "TunnelAddress") || absl::StrContains(attributes.handle, "tunnel-addr-");
}

}  // namespace

absl::string_view RecordRef::node() const {
  const std::string& taker = attributes().owner.node;
  return taker.empty() ? block->node() : absl::string_view(taker);
}

RecordKind KindOf(const RecordRef& record) {
  const RecordAttributes& attributes = record.attributes();
  if (attributes.released) return RecordKind::kReleased;
  if (absl::EqualsIgnoreCase(attributes.handle, kWindowsHandle)) return RecordKind::kReserved;
  if (absl::StartsWith(record.block->affinity, "virtual:") || attributes.type == "LoadBalancer" ||
      !attributes.owner.service.empty())
    return RecordKind::kLoadBalancer;
  if (IsTunnel(attributes)) return RecordKind::kTunnel;
  if (!attributes.type.empty()) return RecordKind::kUnknown;
  if (absl::StrContains(attributes.handle, ".vmi.") || !attributes.next_owner.pod.empty())
    return RecordKind::kVirtualMachine;
  return RecordKind::kWorkload;
}

absl::string_view ToString(RecordKind kind) {
  switch (kind) {
    case RecordKind::kWorkload:
      return "workload";
    case RecordKind::kVirtualMachine:
      return "virtual machine";
    case RecordKind::kTunnel:
      return "tunnel";
    case RecordKind::kLoadBalancer:
      return "load balancer";
    case RecordKind::kReserved:
      return "reserved for Windows";
    case RecordKind::kReleased:
      return "released, waiting";
    case RecordKind::kUnknown:
      break;
  }
  return "unknown";
}

bool IsYoung(const std::optional<absl::Time>& made, absl::Time read) { return made && read < *made + kYoung; }

IpamEvidence::IpamEvidence(const ClusterRecords& all, absl::Time at) : records(all), now(at) {
  AddRecords();
  AddUsers();
}

void IpamEvidence::AddRecords() {
  for (const auto& [key, block] : records.blocks.rows) {
    blocks_.push_back(&block);
    for (const IpamRecord& record : block.records) recorded.Add(record.address, {&block, &record});
  }
  std::stable_sort(blocks_.begin(), blocks_.end(),
                   [](const IpamBlock* a, const IpamBlock* b) { return a->cidr < b->cidr; });
  recorded.Sort();
  for (const auto& [key, claim] : records.affinities.rows) claims_[claim.block].push_back(&claim);
}

void IpamEvidence::AddUsers() {
  for (const auto& [key, pod] : records.pods.rows)
    for (const IpAddress& address : pod.addresses)
      if (!pod.IsOver() && !pod.host_network) pods.Add(address, &pod);
  for (const auto& [key, endpoint] : records.endpoints.rows)
    for (const IpAddress& address : endpoint.addresses) endpoints.Add(address, &endpoint);
  for (const auto& [key, report] : records.reports.rows) {
    for (const NodeAddress& seen : report.addresses)
      sightings.Add(seen.address, {&report, &seen, !IsStale(report.read_at)});
    for (const IpAddress& address : report.own_addresses) own.Add(address, &report);
  }
  for (const auto& [key, node] : records.nodes.rows) {
    node_names_.insert(node.name);
    for (const IpAddress& address : node.tunnel_addresses) tunnels.Add(address, &node);
    for (const IpAddress& address : node.addresses) node_addresses.Add(address, &node);
  }
  for (const auto& [key, service] : records.services.rows)
    for (const IpAddress& address : service.load_balancer_addresses) services.Add(address, &service);
  for (const IpamBlock* block : blocks_) names_agree_ |= KnowsNode(block->node());
  pods.Sort();
  endpoints.Sort();
  sightings.Sort();
  tunnels.Sort();
  node_addresses.Sort();
  services.Sort();
  own.Sort();
}

bool IpamEvidence::IsUnused(const IpAddress& address) const {
  return pods.At(address).empty() && endpoints.At(address).empty() && sightings.At(address).empty() &&
         tunnels.At(address).empty() && node_addresses.At(address).empty() && services.At(address).empty() &&
         own.At(address).empty();
}

bool IpamEvidence::HasIt(const ClusterPod& pod, const IpAddress& address) const {
  if (IsStale(records.pods.read_at)) return false;
  if (!pod.deleting) return true;
  for (const auto& [_, sighting] : sightings.At(address))
    if (sighting.IsUsed() && (sighting.seen->pod == pod.name || sighting.report->node == pod.node)) return true;
  return false;
}

bool IpamEvidence::IsRecorded(const IpAddress& address) const {
  const auto records_of_it = recorded.At(address);
  return std::any_of(records_of_it.begin(), records_of_it.end(),
                     [](const auto& entry) { return !entry.second.attributes().released; });
}

bool IpamEvidence::IsOfIpam(const IpAddress& address) const {
  if (absl::IsNotFound(records.pools.complete)) return BlockAt(address) != nullptr;
  for (const auto& [key, pool] : records.pools.rows)
    if (pool.cidr.Contains(address) && (pool.uses.workload || pool.uses.tunnel)) return true;
  return false;
}

const IpamBlock* IpamEvidence::BlockAt(const IpAddress& address) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), address,
                       [](const IpAddress& one, const IpamBlock* block) { return one < block->cidr.address; });
  return after != blocks_.begin() && (*std::prev(after))->cidr.Contains(address) ? *std::prev(after) : nullptr;
}

const IpamBlock* IpamEvidence::BlockOf(const Prefix& cidr) const {
  const auto at = std::lower_bound(blocks_.begin(), blocks_.end(), cidr,
                                   [](const IpamBlock* block, const Prefix& one) { return block->cidr < one; });
  return at != blocks_.end() && (*at)->cidr == cidr ? *at : nullptr;
}

const std::vector<const BlockAffinity*>& IpamEvidence::ClaimsOf(const Prefix& cidr) const {
  static const std::vector<const BlockAffinity*> none;
  const auto at = claims_.find(cidr);
  return at == claims_.end() ? none : at->second;
}

const IpamPool* IpamEvidence::PoolOf(const Prefix& cidr) const {
  for (const auto& [key, pool] : records.pools.rows)
    if (pool.cidr.length <= cidr.length && pool.cidr.Contains(cidr.address)) return &pool;
  return nullptr;
}

const ClusterPod* IpamEvidence::PodCalled(absl::string_view name) const {
  const auto at = records.pods.rows.find(name);
  return at == records.pods.rows.end() ? nullptr : &at->second;
}

absl::Status IpamEvidence::StaleError(absl::Time read_at) const {
  if (read_at == absl::InfinitePast()) return absl::FailedPreconditionError("it was never read");
  return absl::FailedPreconditionError(
      absl::StrCat("it was read ", absl::ToInt64Minutes(now - read_at), " minutes before the rest"));
}

absl::Status IpamEvidence::WhoRuns() const {
  if (absl::IsNotFound(records.pods.complete)) {
    if (absl::IsNotFound(records.endpoints.complete))
      return absl::FailedPreconditionError("nobody gave pods or workload endpoints");
    return Read(records.endpoints);
  }
  if (const absl::Status read = Read(records.pods); !read.ok()) return read;
  return absl::IsNotFound(records.endpoints.complete) ? absl::OkStatus() : Read(records.endpoints);
}

absl::Time IpamEvidence::who_runs_read_at() const {
  return absl::IsNotFound(records.pods.complete) ? records.endpoints.read_at : records.pods.read_at;
}

absl::Status IpamEvidence::UsersRead() const {
  for (const absl::Status& read : {Read(records.pods), Read(records.endpoints)})
    if (!read.ok() && !absl::IsNotFound(read)) return read;
  return absl::OkStatus();
}

const NodeReport* IpamEvidence::ReportOf(absl::string_view node) const {
  const auto at = records.reports.rows.find(node);
  return at == records.reports.rows.end() ? nullptr : &at->second;
}

absl::Status IpamEvidence::SawAllOf(absl::string_view node) const {
  if (node.empty()) return absl::FailedPreconditionError("the record names no node");
  if (Read(records.nodes).ok() && NamesAgree() && !KnowsNode(node)) return absl::OkStatus();
  const NodeReport* report = ReportOf(node);
  if (report == nullptr) return absl::FailedPreconditionError(absl::StrCat("no agent's report of node ", node));
  absl::Status status = report->kernel;
  if (IsStale(report->read_at)) status.Update(StaleError(report->read_at));
  if (!absl::IsNotFound(report->endpoint_status)) status.Update(report->endpoint_status);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("node ", node, ": ", status.message()));
}

}  // namespace caliwatch
