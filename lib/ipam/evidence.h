// SPDX-License-Identifier: Apache-2.0
#pragma once

// One look's records, ordered so that one can ask who has an address, and what may be concluded of who is missing.

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include "lib/ipam/pool_use.h"
#include "lib/model/ipam.h"

namespace caliwatch {

// What was made less than this before the evidence against it was read may simply not be in it yet.
inline constexpr absl::Duration kYoung = absl::Minutes(1);

// A record, with its block.
struct RecordRef {
  const IpamBlock* block = nullptr;
  const IpamRecord* record = nullptr;

  const RecordAttributes& attributes() const { return block->AttributesOf(*record); }
  // The node that took the address; else the block's; "" where neither is told.
  absl::string_view node() const;
};

// What was read longer before the look than this says nothing of now.
inline constexpr absl::Duration kStale = absl::Minutes(10);

// An address as one node has it.
struct Sighting {
  const NodeReport* report = nullptr;
  const NodeAddress* seen = nullptr;
  bool fresh = true;

  bool IsUsed() const { return fresh && seen->IsUsed(); }
};

// What a record is for.
enum class RecordKind { kWorkload, kVirtualMachine, kTunnel, kLoadBalancer, kReserved, kReleased, kUnknown };
RecordKind KindOf(const RecordRef& record);
absl::string_view ToString(RecordKind kind);  // "workload", "virtual machine" …

// Values by address: one address may have several.
template <class Value>
class ByAddress {
 public:
  using Entry = std::pair<IpAddress, Value>;

  void Add(const IpAddress& address, Value value) { entries_.emplace_back(address, value); }
  void Sort() {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const Entry& a, const Entry& b) { return a.first < b.first; });
  }
  absl::Span<const Entry> At(const IpAddress& address) const {
    const auto less = [](const auto& a, const auto& b) { return Of(a) < Of(b); };
    const auto [first, last] = std::equal_range(entries_.begin(), entries_.end(), address, less);
    return absl::MakeConstSpan(entries_).subspan(static_cast<size_t>(first - entries_.begin()),
                                                 static_cast<size_t>(last - first));
  }
  const std::vector<Entry>& all() const { return entries_; }

 private:
  static const IpAddress& Of(const Entry& entry) { return entry.first; }
  static const IpAddress& Of(const IpAddress& address) { return address; }

  std::vector<Entry> entries_;
};

// Refers to the records, which must outlive it and stay as they are.
class IpamEvidence {
 public:
  // `now`: of the look.
  IpamEvidence(const ClusterRecords& records, absl::Time now);

  const ClusterRecords& records;
  const absl::Time now;

  ByAddress<RecordRef> recorded;
  ByAddress<const ClusterPod*> pods;  // but for those that are over, or in their node's network
  ByAddress<const WorkloadEndpoint*> endpoints;
  ByAddress<Sighting> sightings;
  ByAddress<const ClusterNode*> tunnels, node_addresses;
  ByAddress<const NodeReport*> own;  // of the nodes' own interfaces, as they were seen there
  ByAddress<const ClusterService*> services;
  std::vector<PoolUse> pool_use;  // filled by who remembers earlier looks

  // Nobody is known to have it: no pod, endpoint, node, tunnel or service, and no trace of it in any node's report.
  bool IsUnused(const IpAddress& address) const;
  // Whether a pod's word that it has the address counts as proof: one that is to go keeps it in its status until the
  // end, so that a node must have seen it there, too.
  bool HasIt(const ClusterPod& pod, const IpAddress& address) const;
  // A record that is not released has it.
  bool IsRecorded(const IpAddress& address) const;
  // In a pool that gives addresses to workloads; where pools are not known, in a block.
  bool IsOfIpam(const IpAddress& address) const;

  const IpamBlock* BlockAt(const IpAddress& address) const;
  const IpamBlock* BlockOf(const Prefix& cidr) const;
  const std::vector<const BlockAffinity*>& ClaimsOf(const Prefix& cidr) const;
  const IpamPool* PoolOf(const Prefix& cidr) const;
  const ClusterPod* PodCalled(absl::string_view name) const;
  bool KnowsNode(absl::string_view name) const { return node_names_.contains(name); }
  // Some block is of a node that is known: else the records may name nodes otherwise than those who listed nodes.
  bool NamesAgree() const { return names_agree_; }

  bool IsStale(absl::Time read_at) const { return read_at < now - kStale; }
  // Of a table as a whole: its `complete`, or FailedPrecondition where it is stale. Reports are so one by one.
  template <class Row>
  absl::Status Read(const ClusterTable<Row>& table) const {
    if constexpr (std::is_same_v<Row, NodeReport>) return table.complete;
    return table.complete.ok() && IsStale(table.read_at) ? StaleError(table.read_at) : table.complete;
  }

  // Endpoints stand for pods where nobody gave pods.
  bool EndpointsCount() const { return absl::IsNotFound(records.pods.complete) && !IsStale(records.endpoints.read_at); }
  // OK: a workload that is not in `pods` or, where nobody gave pods, in `endpoints`, does not exist.
  absl::Status WhoRuns() const;
  absl::Time who_runs_read_at() const;
  // Of pods and endpoints, as far as somebody gave them: not OK, and one that is wrong may be among those unread.
  absl::Status UsersRead() const;
  // OK: what a node's report does not show is not there. A node that is gone has nothing.
  absl::Status SawAllOf(absl::string_view node) const;
  const NodeReport* ReportOf(absl::string_view node) const;

 private:
  absl::Status StaleError(absl::Time read_at) const;
  void AddRecords();
  void AddUsers();

  std::vector<const IpamBlock*> blocks_;  // by their first address
  absl::flat_hash_map<Prefix, std::vector<const BlockAffinity*>> claims_;
  absl::flat_hash_set<absl::string_view> node_names_;
  bool names_agree_ = false;
};

// Whether the rows of a table that is not complete count, each for itself: not where nobody gave any, or they are
// stale.
inline bool RowsCount(const absl::Status& read) { return !absl::IsNotFound(read) && !absl::IsFailedPrecondition(read); }

// `what` was made, and so shortly before `read` that it may not have been there.
bool IsYoung(const std::optional<absl::Time>& made, absl::Time read);

}  // namespace caliwatch
