// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

// Long enough for TCP to send again several times, and more than a few packets that nobody has to answer.
constexpr absl::Duration kLong = absl::Minutes(2);
constexpr uint64_t kMany = 50;

std::string TimeText(absl::Duration time) { return absl::StrFormat("%d minutes", absl::ToInt64Minutes(time)); }

// Empty: it works, or too little passes to tell.
std::string ProblemOf(const LinkTraffic& tunnel) {
  if (tunnel.failing >= kLong)
    return absl::StrCat("has been failing to send packets for ", TimeText(tunnel.failing), ": ",
                        tunnel.total.carrier_errors, " found no way to the other node, ", tunnel.total.send_errors,
                        " failed otherwise");
  if (tunnel.unanswered >= kLong && tunnel.unanswered_packets >= kMany)
    return absl::StrCat("has sent ", tunnel.unanswered_packets, " packets in ", TimeText(tunnel.unanswered),
                        " and received none");
  return "";
}

Judgement Unanswered(const Evidence& evidence) {
  const Snapshot& node = evidence.now;
  const absl::Status unread = FirstError({node.links.status(), node.routes.status(), node.link_stats.status()});
  if (!unread.ok()) return unread;
  std::vector<Finding> findings;
  if (HasEbpfDataPlane(*node.links)) return findings;  // its programs may take packets before they are counted
  for (const LinkTraffic& link : evidence.before.traffic) {
    if (link.role != LinkRole::kTunnel) continue;
    if (std::string problem = ProblemOf(link); !problem.empty())
      findings.push_back({InterfaceName{link.name}, std::nullopt, std::move(problem), {}, {InterfaceName{link.name}}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look(absl::StrCat("ip -s link show ", SubjectWord(finding))),
          Look("tcpdump -ni any 'udp port 4789 or proto 4'", "another node")};
}

const RegisterCheck registered(
    {
        .name = "tunnel_unanswered",
        .severity = Severity::kWarning,
        .summary = "A tunnel sends, and nothing comes back.",
        .impact = "As a rule, no pod of this node reaches a pod behind the tunnel.",
        .meaning = "Counters of the interface, over minutes: packets went out and none came in, or could not be sent. "
                   "On the way between the nodes something drops the tunnel's packets: a firewall or security group "
                   "(IPIP is IP protocol 4, VXLAN UDP port 4789, WireGuard UDP 51820 and 51821), a network card that "
                   "gets the checksum of VXLAN's packets wrong, or this node's address is not the one that the others "
                   "send to. The same shows where all other nodes are gone, and where pods only send what nobody "
                   "answers (UDP logs). A recording is too short to tell.",
        .remedy = "On another node, see whether they arrive: tcpdump -ni any 'udp port 4789 or proto 4'. If not, open "
                  "it between all nodes. If they do, with bad checksums (tcpdump -vv): ethtool -K vxlan.calico tx off "
                  "on both. Packets that find no way: ip route get ADDRESS of another node.",
        .causes = {{"vxlan_source_address_not_local"},
                   {"vxlan_source_interface_wrong"},
                   {"tunnel_address_missing"},
                   {"vxlan_neighbor_incomplete"},
                   {"vxlan_fdb_incomplete"}},
        .says = "sends, and nothing comes back",
    },
    JudgeNode(Unanswered), CommandsOf);

}  // namespace
}  // namespace caliwatch
