// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/ipam_evidence_metrics.h"

#include <algorithm>
#include <optional>

#include <absl/strings/str_replace.h>

namespace caliwatch {
namespace {

// As a label has it.
std::string LabelOf(RecordKind kind) {
  switch (kind) {
    case RecordKind::kReserved:
      return "reserved";
    case RecordKind::kReleased:
      return "released";
    default:
      return absl::StrReplaceAll(ToString(kind), {{" ", "_"}});
  }
}

template <void (*kRead)(const EvidenceReading&, Samples&)>
void OfEachGiven(const IpamExposed& exposed, Samples& samples) {
  for (const EvidenceReading& reading : exposed.report.evidence)
    if (!absl::IsNotFound(reading.status)) kRead(reading, samples);
}

void ReadReadable(const EvidenceReading& reading, Samples& samples) {
  samples.Add({reading.kind}, reading.status.ok());
}

void ReadRows(const EvidenceReading& reading, Samples& samples) {
  if (reading.read_at != absl::InfinitePast()) samples.Add({reading.kind}, static_cast<double>(reading.rows));
}

void ReadReadAt(const EvidenceReading& reading, Samples& samples) {
  if (reading.read_at != absl::InfinitePast())
    samples.Add({reading.kind}, absl::ToDoubleSeconds(reading.read_at - absl::UnixEpoch()));
}

void ReadStaleRows(const EvidenceReading& reading, Samples& samples) {
  samples.Add({reading.kind}, static_cast<double>(reading.stale));
}

void ReadUnknownRows(const EvidenceReading& reading, Samples& samples) {
  samples.Add({reading.kind}, static_cast<double>(reading.unknown));
}

// What is counted of a part of the records is no count of them.
bool KnowsRecords(const IpamReport& report) { return report.Read("blocks").ok(); }

template <std::optional<double> (*kRead)(const PoolUse&)>
void OfEachPool(const IpamExposed& exposed, Samples& samples) {
  if (!KnowsRecords(exposed.report) || !exposed.report.Read("pools").ok()) return;
  for (const PoolUse& use : exposed.report.pools)
    if (const std::optional<double> value = kRead(use)) samples.Add({use.pool, use.cidr.ToString()}, *value);
}

std::optional<double> AddressesOf(const PoolUse& use) { return std::max(0.0, use.addresses); }
std::optional<double> UsedOf(const PoolUse& use) { return static_cast<double>(use.used); }
std::optional<double> BlocksOf(const PoolUse& use) { return use.blocks; }
std::optional<double> TakenBlocksOf(const PoolUse& use) { return static_cast<double>(use.taken_blocks); }
std::optional<double> GrowthOf(const PoolUse& use) { return use.per_day; }
std::optional<double> FullInOf(const PoolUse& use) {
  return use.full_in ? std::optional(absl::ToDoubleSeconds(*use.full_in)) : std::nullopt;
}

void ReadRecorded(const IpamExposed& exposed, Samples& samples) {
  if (!KnowsRecords(exposed.report)) return;
  for (const auto& [kind, count] : exposed.report.counts.by_kind)
    samples.Add({LabelOf(kind)}, static_cast<double>(count));
}

template <size_t RecordCounts::OfNode::*kCount>
void OfEachNode(const IpamExposed& exposed, Samples& samples) {
  if (!KnowsRecords(exposed.report)) return;
  std::map<std::string, size_t> counts;
  for (const auto& [node, count] : exposed.report.counts.by_node) counts[node] = count.*kCount;
  for (const auto& [node, count] : Largest(counts, kIpamNodes)) samples.Add({node}, static_cast<double>(count));
}

std::vector<IpamMetric> OfEvidence() {
  return {
      {"caliwatch_ipam_evidence_read_timestamp_seconds",
       MetricType::Gauge,
       "Until when a kind of evidence is known: when it was listed, or its watch last said that nothing else changed. "
       "No series while it was never read.",
       {"kind"},
       OfEachGiven<ReadReadAt>},
      {"caliwatch_ipam_evidence_readable",
       MetricType::Gauge,
       "1 if a kind of evidence (blocks, pods, reports of nodes …) was read whole and is new, 0 if it could not be "
       "read "
       "or understood, or is older than 10 minutes. No series of what is not asked for, or the cluster does not have.",
       {"kind"},
       OfEachGiven<ReadReadable>},
      {"caliwatch_ipam_evidence_rows",
       MetricType::Gauge,
       "How many objects of a kind there are, as it was last read: see caliwatch_ipam_evidence_readable.",
       {"kind"},
       OfEachGiven<ReadRows>},
      {"caliwatch_ipam_evidence_stale_rows",
       MetricType::Gauge,
       "Rows that are too old to count, each for itself: reports of nodes, older than 10 minutes. 0 for other kinds.",
       {"kind"},
       OfEachGiven<ReadStaleRows>},
      {"caliwatch_ipam_evidence_unknown_rows",
       MetricType::Gauge,
       "Rows that prove nothing of what they do not show: reports of nodes whose agent could not be asked or "
       "understood, or could not read its kernel. 0 for other kinds.",
       {"kind"},
       OfEachGiven<ReadUnknownRows>},
  };
}

std::vector<IpamMetric> OfPools() {
  const std::vector<absl::string_view> labels = {"pool", "cidr"};
  return {
      {"caliwatch_ipam_pool_addresses", MetricType::Gauge,
       "Addresses that a pool has, without those reserved. No series of any pool while pools or blocks cannot be read.",
       labels, OfEachPool<AddressesOf>},
      {"caliwatch_ipam_pool_blocks", MetricType::Gauge, "Blocks that fit into a pool.", labels, OfEachPool<BlocksOf>},
      {"caliwatch_ipam_pool_full_in_seconds", MetricType::Gauge,
       "How long a pool lasts if it goes on growing as it has. No series where it does not grow, or that is unknown.",
       labels, OfEachPool<FullInOf>},
      {"caliwatch_ipam_pool_growth_per_day", MetricType::Gauge,
       "By how many recorded addresses a pool grew each day, since it is watched or for two weeks. No series before it "
       "was watched for 6 hours.",
       labels, OfEachPool<GrowthOf>},
      {"caliwatch_ipam_pool_taken_blocks", MetricType::Gauge, "Blocks of a pool that there are.", labels,
       OfEachPool<TakenBlocksOf>},
      {"caliwatch_ipam_pool_used_addresses", MetricType::Gauge,
       "Addresses of a pool that are recorded as taken, leaked ones among them.", labels, OfEachPool<UsedOf>},
  };
}

std::vector<IpamMetric> OfRecords() {
  return {
      {"caliwatch_ipam_node_blocks",
       MetricType::Gauge,
       "Blocks that are recorded as a node's: of the 5,000 nodes with the most, and of all others under an empty name.",
       {"node"},
       OfEachNode<&RecordCounts::OfNode::blocks>},
      {"caliwatch_ipam_node_recorded_addresses",
       MetricType::Gauge,
       "Addresses that are recorded as taken by a node: of the 5,000 nodes with the most, and of all others under an "
       "empty name.",
       {"node"},
       OfEachNode<&RecordCounts::OfNode::addresses>},
      {"caliwatch_ipam_recorded_addresses",
       MetricType::Gauge,
       "Addresses that are recorded as taken, by what for: workload, virtual_machine, tunnel, load_balancer, reserved "
       "(for Windows), released (given back, and not given again for a while), unknown. No series while blocks cannot "
       "be read.",
       {"kind"},
       ReadRecorded},
  };
}

}  // namespace

ByNode Largest(const std::map<std::string, size_t>& counts, size_t most) {
  ByNode nodes(counts.begin(), counts.end());
  std::stable_sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  size_t others = 0;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (i >= most || nodes[i].first.empty()) others += nodes[i].second;
  if (nodes.size() > most) nodes.resize(most);
  std::erase_if(nodes, [](const auto& node) { return node.first.empty(); });
  if (others != 0) nodes.emplace_back("", others);
  return nodes;
}

std::vector<IpamMetric> IpamEvidenceMetrics() {
  std::vector<IpamMetric> all = OfEvidence();
  for (const std::vector<IpamMetric>& more : {OfPools(), OfRecords()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace caliwatch
