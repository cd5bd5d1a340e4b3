// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr uint64_t kPercent = 80;

// The kernel counts permanent entries and those another program keeps, but does not refuse any on their account (since
// Linux 5.0). We see this namespace's: the node's own, where Felix makes them.
uint32_t ExemptEntries(const std::vector<Neighbor>& neighbors, Family family) {
  return static_cast<uint32_t>(std::count_if(neighbors.begin(), neighbors.end(), [&](const Neighbor& neighbor) {
    const bool exempt = neighbor.state == NUD_PERMANENT || (neighbor.flags & NTF_EXT_LEARNED) != 0;
    return exempt && neighbor.address.family == family && (neighbor.flags & NTF_PROXY) == 0;
  }));
}

// Who fills the table, as far as this namespace holds it: the interface with the most entries that count, and the state
// of the most of these.
std::string FillersText(const std::vector<Neighbor>& neighbors, Family family, const LinkIndex& links) {
  std::map<int, std::map<uint16_t, size_t>> by_link;
  std::map<int, size_t> totals;
  size_t all = 0;
  for (const Neighbor& neighbor : neighbors) {
    if (neighbor.address.family != family || neighbor.state == NUD_PERMANENT) continue;
    if ((neighbor.flags & (NTF_EXT_LEARNED | NTF_PROXY)) != 0) continue;
    ++by_link[neighbor.link][neighbor.state];
    ++totals[neighbor.link];
    ++all;
  }
  if (all == 0) return "; none of them is in the node's own namespace: pods hold them";
  const auto is_less = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto most = std::max_element(totals.begin(), totals.end(), is_less);
  const auto& states = by_link[most->first];
  const auto state = std::max_element(states.begin(), states.end(), is_less);
  return absl::StrCat("; ", all, " of them are in the node's own namespace, most at ", links.NameOf(most->first), " (",
                      most->second, ", of these ", state->second, " ", NeighborStateName(state->first), ")");
}

bool IsCalicoNode(const std::vector<Link>& links) {
  return std::any_of(links.begin(), links.end(), [](const Link& link) { return link.role != LinkRole::kHost; });
}

std::vector<Finding> NeighborTablesFull(const std::vector<NeighborLimits>& tables,
                                        const std::vector<Neighbor>& neighbors, const std::vector<Link>& links,
                                        const LinkIndex& index) {
  if (!IsCalicoNode(links)) return {};
  std::vector<Finding> findings;
  for (const NeighborLimits& table : tables) {
    const uint32_t exempt = std::min(table.entries, ExemptEntries(neighbors, table.family));
    const uint64_t entries = table.entries - exempt;
    if (table.limit == 0 || entries * 100 < table.limit * kPercent) continue;
    const absl::string_view sysctl = ToString(table.family);
    const std::string line =
        absl::StrCat("sysctl -w net.", sysctl, ".neigh.default.gc_thresh3=", uint64_t{table.limit} * 4, " net.", sysctl,
                     ".neigh.default.gc_thresh2=", uint64_t{table.limit} * 2);
    findings.push_back(
        {FamilyWide::kNeighborTable, table.family,
         absl::StrCat("the neighbor table holds ", entries, " entries of at most ", table.limit,
                      FillersText(neighbors, table.family, index)),
         absl::StrCat("Raise the limits, as to four times as much: ", line, ", and the same in /etc/sysctl.d.")});
    findings.back().commands = {Change(line), Look(absl::StrCat(Ip(table.family), " -s neigh | wc -l"))};
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "neighbor_table_full",
        .severity = Severity::kWarning,
        .summary = "The kernel's neighbor table (ARP, NDP) is more than 80% full.",
        .impact = "Once it is full, new pods, and nodes not spoken to lately, cannot be reached.",
        .meaning = "A full table takes up no new neighbor (`neighbour: arp_cache: neighbor table overflow!` in the "
                   "kernel's log). All network namespaces of the host, those of pods too, share one limit for each "
                   "family, gc_thresh3. Permanent entries do not count.",
        .remedy =
            "Raise net.ipv4.neigh.default.gc_thresh3 and gc_thresh2 (net.ipv6 for IPv6), here and in /etc/sysctl.d. "
            "Failed entries at one interface: something scans that network. Many reachable ones at eth0: a large flat "
            "network behind it. `ip -s neigh | wc -l` in each namespace shows who holds the rest.",
        .says = "is more than 80% full",
    },
    JudgeNode(NeighborTablesFull));

}  // namespace
}  // namespace caliwatch
