// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/vocabulary.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_split.h>

namespace caliwatch {
namespace {

// BIRD: nest/cmds.c, nest/proto.c, nest/rt-show.c, proto/bgp/{bgp,attrs}.c, and the names in Calico's templates.
constexpr absl::string_view kBird =
    "BIRD Router ID is Current server time Last reboot on reconfiguration Daemon up and running Hostname Graceful "
    "restart recovery in progress Waiting for protocols channels to recover Wait timer Reconfiguration Shutdown name "
    "proto table state since info Table State Since Info Proto Name Kernel Device Direct Static BGP BFD Pipe RIP OSPF "
    "Babel RPKI RAdv master master4 master6 down start wait feed stop flush Idle Connect Active OpenSent OpenConfirm "
    "Established Close Passive Down Preference Input Output filter ACCEPT REJECT unnamed Routes imported exported "
    "preferred filtered Route change stats received rejected ignored accepted RX TX limit Import Export updates "
    "withdraws Description Connection peer state Neighbor address AS caps refresh enhanced restart able aware llgr AS4 "
    "add path rx tx range ID Session internal external multihop multi route reflector client rs Source Hold timer "
    "Keepalive Local local Channel ipv4 ipv6 next hop Next IGP Capabilities AF announced Multiprotocol Extended "
    "message long lived Restart Forwarding preserved supported stale Enhanced BGP.MED Error error Socket Received "
    "Automatic shutdown Administrative reset Connection refused closed reset by Host unreachable Network No such "
    "Permission denied Cannot assign requested Operation timed out Invalid argument Bad peer Unacceptable hold "
    "Unsupported version number optional parameter Required capability missing No supported AFI SAFI Hold expired "
    "Finite state machine Cease Maximum number of prefixes reached Peer configuration changed Out resources Hello "
    "Kernel MD5 auth failed listening socket Message delay pending waiting GR Neighbor graceful active Last via dev "
    "weight blackhole unreachable prohibited prohibit unicast multicast broadcast from inherit device univ static host "
    "any site link onlink i e Type Kernel.source Kernel.metric BGP.origin BGP.as_path BGP.next_hop BGP.local_pref "
    "BGP.community calico kernel programming export to bgp peers template instance bird bird6 show status all removed";

// Felix' health answer: libcalico-go/lib/health, felix/dataplane; HTTP's head before it.
constexpr absl::string_view kFelix =
    "http https HTTP localhost readiness liveness OK Service Unavailable No Content Date Length Type text plain "
    "charset utf UTF Connection keep alive X Options nosniff GMT COMPONENT TIMEOUT LIVENESS READINESS DETAIL reporting "
    "live non ready timed out override FelixStartup CalculationGraph InternalDataplaneMainLoop BPFEndpointManager "
    "BPFHostIP AWSSourceDestinationCheck CloudWatchReporter Mon Tue Wed Thu Fri Sat Sun";

// What our errors, findings and the state file say.
constexpr absl::string_view kOurs =
    "cannot read make open connect ask socket file folder line answer the kernel BIRD's its it not a an no regular "
    "it's such directory is larger than bytes was asked when this recorded recording recorded listens nobody gone hung "
    "up in silence queue connections full pods are looked into only with check.pods Not found Deadline exceeded lost "
    "data Resource temporarily unavailable Broken pipe Transport endpoint connected ipv4 ipv6 IPv4 IPv6 families known "
    "felix routes peers session start socket pid identity gone episode gaps counts past away restarts was recovering "
    "end held unheard waited look open closed longest prefix time last return converged incomplete durations duration "
    "sum phases blocking gap ended at graceful programming reconfigurations config errors flaps expected remembered "
    "recent source configured since answered unready dead silent ends doubts former owners pod routes caliwatch state "
    "boot id findings recovery polls up known was killed or crashed and left behind see calico-node s log does exist "
    "never started here ended cleanly is too long path which has most main loop stuck look CPU restart if lasts runs "
    "root alone run as uid gid names another without protection asked nothing did before could be middle word sent "
    "line end whole netlink message begins there damaged at table changed while read out memory enter namespace takes "
    "CAP_SYS_ADMIN bird.ctl bird6.ctl var lib run proc sys net endpoint-status nodename mtu other than two symbolic "
    "followed contains holds health off port Felix User Agent Host GET k8s openstack libnetwork cni ifaceName mac "
    "ipv4Nets ipv6Nets bgpPeerName dump more taken within any pod's had keep unreached tunnel result large arrived "
    "instead disowns rounds judged others overlay small refused invalid unreachable answered";

constexpr absl::string_view kMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";

// Of the kernel, Calico and Kubernetes: fixed names, without anything of a cluster.
constexpr absl::string_view kInterfaces =
    "lo tunl0 ip6tnl0 sit0 gre0 gretap0 erspan0 ip_vti0 ip6_vti0 ip6gre0 vxlan.calico vxlan-v6.calico wireguard.cali "
    "wg-v6.cali bpfin.cali bpfout.cali docker0 cni0 kube-ipvs0 kube-bridge nodelocaldns flannel.1 cilium_host "
    "cilium_net";

// Before a number or a place: "eth0", "enp3s0f1", "kernel1".
constexpr absl::string_view kNumbered =
    "eth ens eno enp bond team dummy br ib wg tun vlan wlan lo kernel device direct static bfd pipe bgp ospf rip radv";

using Words = absl::flat_hash_set<absl::string_view>;

const Words& Vocabulary() {
  static const Words words = [] {
    Words all;
    for (const absl::string_view list : {kBird, kFelix, kOurs, kMonths, kInterfaces})
      for (const absl::string_view word : absl::StrSplit(list, ' ', absl::SkipEmpty())) all.insert(word);
    return all;
  }();
  return words;
}

const Words& Numbered() {
  static const Words words = [] {
    Words all;
    for (const absl::string_view list : {kNumbered, kMonths})
      for (const absl::string_view word : absl::StrSplit(list, ' ')) all.insert(word);
    return all;
  }();
  return words;
}

bool AllOf(absl::string_view word, absl::string_view characters) {
  return word.find_first_not_of(characters) == absl::string_view::npos;
}

constexpr absl::string_view kDigits = "0123456789";

// Numbers, times, durations, ranges and versions, but nothing with as many dots or colons as an address.
bool IsNumber(absl::string_view word) {
  const auto count = [&](char c) { return std::count(word.begin(), word.end(), c); };
  if (count('.') > 2 || count(':') > 2) return false;
  if (AllOf(word, ".:+-/%#_^~`\\@$")) return true;
  const bool begins = absl::ascii_isdigit(static_cast<unsigned char>(word[0])) || word[0] == '-' || word[0] == '+';
  return begins && AllOf(word, "0123456789.:+-/%TZsmhun");
}

bool IsPlace(absl::string_view word) {
  const size_t digit = word.find_first_of(kDigits);
  if (digit == absl::string_view::npos || !Numbered().contains(word.substr(0, digit))) return false;
  const absl::string_view place = word.substr(digit);
  if (!AllOf(place, "0123456789.pnsfd")) return false;
  for (size_t at = 0; at + 4 < place.size(); ++at)
    if (AllOf(place.substr(at, 5), kDigits)) return false;  // five in a row: an id
  return true;
}

// "graceful_restart", "add-path-rx": made of nothing but such words.
bool IsCompound(absl::string_view word) {
  const std::vector<absl::string_view> parts = absl::StrSplit(word, absl::ByAnyChar("_-"));
  return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           return Vocabulary().contains(part) || AllOf(part, kDigits);
         });
}

// "AS64512i", as a path ends: private numbers alone (RFC 6996).
bool IsPrivateAs(absl::string_view word) {
  if (!absl::ConsumePrefix(&word, "AS")) return false;
  if (!word.empty() && AllOf(word.substr(word.size() - 1), "ie?")) word.remove_suffix(1);
  return word.size() == 5 && AllOf(word, kDigits) && word >= "64512" && word <= "65534";
}

}  // namespace

bool IsHarmlessWord(absl::string_view word) {
  return word.empty() || Vocabulary().contains(word) || IsNumber(word) || IsPlace(word) || IsCompound(word) ||
         IsPrivateAs(word);
}

}  // namespace caliwatch
