// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/address_story.h"

#include <algorithm>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

using Facts = std::vector<AddressFact>;

std::string Joined(const std::vector<std::string>& words) { return absl::StrJoin(words, ", "); }

void TellHandle(const RecordRef& record, const IpamEvidence& evidence, Facts& facts) {
  const std::string& id = record.attributes().handle;
  if (id.empty()) return;
  std::vector<std::string> holds;
  for (const auto& [address, other] : evidence.recorded.all())
    if (other.attributes().handle == id) holds.push_back(address.ToString());
  const bool is_there = std::any_of(evidence.records.handles.rows.begin(), evidence.records.handles.rows.end(),
                                    [&](const auto& row) { return absl::EqualsIgnoreCase(row.second.id, id); });
  const bool is_known = evidence.records.handles.complete.ok();
  facts.push_back(
      {"handle", absl::StrCat(id, is_there || !is_known ? "" : " (does not exist)", ", holds ", Joined(holds))});
}

void TellRecords(const IpAddress& address, const IpamEvidence& evidence, Facts& facts) {
  for (const auto& [_, record] : evidence.recorded.At(address)) {
    const std::string since = AssignedText(record);
    facts.push_back({"record", absl::StrCat("for ", OwnerText(record), " (", ToString(KindOf(record)), ")",
                                            since.empty() ? "" : " ", since)});
    TellHandle(record, evidence, facts);
    if (const RecordOwner& next = record.attributes().next_owner; !next.pod.empty())
      facts.push_back({"record", absl::StrCat("to be taken over by ", next.pod, " of node ", next.node)});
  }
  if (!evidence.recorded.At(address).empty()) return;
  const absl::Status& complete = evidence.records.blocks.complete;
  facts.push_back({"record", complete.ok() ? "none: IPAM believes it to be free"
                                           : absl::StrCat("none that could be read: ", complete.message())});
}

void TellBlock(const IpAddress& address, const IpamEvidence& evidence, Facts& facts) {
  const IpamBlock* block = evidence.BlockAt(address);
  if (block != nullptr) {
    facts.push_back(
        {"block", absl::StrCat(block->cidr.ToString(), " of ", block->affinity.empty() ? "nobody" : block->affinity,
                               ", ", block->records.size(), " addresses recorded")});
    for (const BlockAffinity* claim : evidence.ClaimsOf(block->cidr))
      facts.push_back(
          {"claim", absl::StrCat("by ", claim->node, ", ", claim->state.empty() ? "confirmed" : claim->state,
                                 claim->deleted ? ", being deleted" : "")});
  }
  for (const PoolUse& use : evidence.pool_use)
    if (use.cidr.Contains(address))
      facts.push_back(
          {"pool", absl::StrCat(use.pool, " ", use.cidr.ToString(), use.gives ? "" : ", gives no new addresses")});
}

void TellUsers(const IpAddress& address, const IpamEvidence& evidence, Facts& facts) {
  for (const auto& [name, pod] : evidence.records.pods.rows) {
    if (std::find(pod.addresses.begin(), pod.addresses.end(), address) == pod.addresses.end()) continue;
    facts.push_back(
        {"pod", absl::StrCat(name, " of node ", pod.node, ", ", pod.phase, pod.deleting ? ", to be deleted" : "",
                             pod.host_network ? ", in its node's network" : "")});
  }
  for (const auto& [_, endpoint] : evidence.endpoints.At(address))
    facts.push_back(
        {"endpoint", absl::StrCat("of pod ", endpoint->pod, " at ", endpoint->interface, " of node ", endpoint->node)});
  for (const auto& [_, node] : evidence.tunnels.At(address))
    facts.push_back({"tunnel", absl::StrCat("of node ", node->name)});
  for (const auto& [_, node] : evidence.node_addresses.At(address))
    facts.push_back({"node", absl::StrCat(node->name, "'s own")});
  for (const auto& [_, service] : evidence.services.At(address))
    facts.push_back({"service", absl::StrCat(service->name, ", load balancer")});
}

void TellNodes(const IpAddress& address, const IpamEvidence& evidence, Facts& facts) {
  for (const auto& [_, sighting] : evidence.sightings.At(address)) {
    const NodeAddress& seen = *sighting.seen;
    std::vector<std::string> by;
    if (seen.in_routes) by.push_back("a route");
    if (seen.in_neighbors) by.push_back("a neighbor entry");
    if (seen.in_endpoint_status) by.push_back("endpoint-status");
    if (!seen.interface_is_there) by.push_back("no such interface");
    facts.push_back({"seen", absl::StrCat(SightingText(sighting), ": ", Joined(by))});
  }
  for (const auto& [_, report] : evidence.own.At(address))
    facts.push_back({"seen", absl::StrCat("an own interface of node ", report->node)});
  if (!evidence.sightings.At(address).empty()) return;
  const size_t reports = evidence.records.reports.rows.size();
  facts.push_back(
      {"seen", reports == 0 ? "unknown: no node's report was given"
                            : absl::StrCat("nowhere in the reports of ", reports, reports == 1 ? " node" : " nodes")});
}

void TellBefore(const IpAddress& address, const IpamEvidence& now, const ClusterRecords& earlier, Facts& facts) {
  const IpamEvidence before(earlier, now.now);
  std::vector<std::string> owners;
  for (const auto& [_, record] : before.recorded.At(address))
    owners.push_back(absl::StrCat("recorded for ", OwnerText(record)));
  for (const auto& [_, pod] : before.pods.At(address)) owners.push_back(absl::StrCat("pod ", pod->name));
  for (const auto& [_, endpoint] : before.endpoints.At(address))
    owners.push_back(absl::StrCat("endpoint of ", endpoint->pod));
  for (const auto& [_, sighting] : before.sightings.At(address))
    owners.push_back(absl::StrCat("seen at ", SightingText(sighting)));
  facts.push_back({"before", owners.empty() ? "nobody's at the earlier look" : Joined(owners)});
}

void TellFindings(const IpAddress& address, const IpamReport& report, Facts& facts) {
  const std::string name = address.ToString();
  for (const IpamVerdict& verdict : report.verdicts) {
    for (const OpenIpamFinding& open : verdict.findings) {
      const auto& related = open.finding.related;
      if (open.finding.subject != name && std::find(related.begin(), related.end(), name) == related.end()) continue;
      facts.push_back({"finding", absl::StrCat(verdict.check->name, open.sure ? "" : " (not yet sure)", ": ",
                                               open.finding.subject, " ", open.finding.detail)});
    }
    for (const IpamDoubt& doubt : verdict.doubts)
      if (std::find(doubt.subjects.begin(), doubt.subjects.end(), name) != doubt.subjects.end())
        facts.push_back({"doubt", absl::StrCat(verdict.check->name, ": ", doubt.why)});
  }
}

}  // namespace

Facts TellAddress(const IpAddress& address, const ClusterRecords& records, const ClusterRecords* before,
                  const IpamReport& report) {
  IpamEvidence evidence(records, report.at);
  evidence.pool_use = report.pools;
  Facts facts;
  TellRecords(address, evidence, facts);
  TellBlock(address, evidence, facts);
  TellUsers(address, evidence, facts);
  TellNodes(address, evidence, facts);
  if (before != nullptr) TellBefore(address, evidence, *before, facts);
  TellFindings(address, report, facts);
  return facts;
}

}  // namespace caliwatch
