// SPDX-License-Identifier: Apache-2.0
#include "test/support/series_count.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

#include "lib/analysis/observe.h"
#include "test/support/cluster_node.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr int kSizes[] = {50, 200, 1000, 5000};
constexpr int kReflectors = 3;
constexpr int kGone = 10;

int Count(const Snapshot& node, PeerDetail detail = PeerDetail::kAuto) {
  return SeriesOf(MetricsOnceFound(node, detail));
}

// "603,600"
std::string Grouped(int64_t number) {
  std::string text = absl::StrCat(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string MeshRow(int nodes) {
  const int well = Count(MeshNode(nodes)), problems = Count(MeshNode(nodes), PeerDetail::kProblems);
  return absl::StrFormat("| %s | %s | %s | %s | %s | %s | %s |\n", Grouped(nodes), Grouped(well),
                         Grouped(int64_t{well} * nodes), Grouped(Count(MeshNode(nodes, kGone))),
                         Grouped(Count(MeshNode(nodes, 0, true))), Grouped(problems),
                         Grouped(int64_t{problems} * nodes));
}

std::string ReflectedRow(int nodes) {
  const int client = Count(ReflectedNode(nodes, kReflectors)), reflector = Count(ReflectorNode(nodes));
  return absl::StrFormat("| %s | %s | %s | %s |\n", Grouped(nodes), Grouped(client), Grouped(reflector),
                         Grouped(int64_t{client} * (nodes - kReflectors) + int64_t{reflector} * kReflectors));
}

constexpr char kHead[] = R"(# What caliwatch costs Prometheus
`make docs` makes this page: the series are counted on nodes made up in `test/support/cluster_node.cc`, which have all that makes series, and a
unit test says that the page is right. There are no series per pod, route, neighbor or other node.

## Series of a node
    %d + 2 × sessions + %d × sessions told in detail + 1 × findings (20 of each check at most)

With two address families the first figure is %d, and each peer has two sessions. A session is told in detail while it has a problem, and if its
peer is no node of the mesh but a reflector, a router or a workload; at most 200 for each of the two reasons. %d of the %d have a value only while
the session is up. [configuration.md](configuration.md#how-many-series-a-node-has) says what a problem is. Whether there are ten nodes or a thousand,
the same is told of each.

### A full mesh
%d nodes gone: what each of the others has then. Prometheus had 2.2 KiB of heap and 3.6 KiB of resident memory for each series of the mesh
of 200, and gets one sample of each every 15 seconds. Above a thousand nodes a full mesh costs more than it is worth, not only here: the last two columns are with
`--peers.detail=problems`.

| nodes | a node, all well | the cluster | a node, %d gone | a node, two families | a node, `problems` | the cluster, `problems` |
|---|---|---|---|---|---|---|
)";

constexpr char kReflected[] = R"(
### Behind %d route reflectors
| nodes | a node | a reflector | the cluster |
|---|---|---|---|
)";

constexpr char kIpam[] = R"(
## Series of what looks at IPAM
Of the one pod that runs `caliwatch ipam --serve`, for the whole cluster, and counted there at a real API server:

    3 × checks + 5 × kinds of evidence + 21 + 6 × pools + 2 × nodes + 1 × nodes with findings (100 of each check at most)

With the Kubernetes API 20 checks apply to 10 kinds: 131, and two for each node and six for each pool; above 5,000 nodes there are no more. None is per address, pod or
block. With `--cluster.nodes`, as the chart's pod has it, 14 more of all nodes together, and where nodes disagree one for each check that finds it and one for each of
its first 20 findings.

| nodes | two pools |
|---|---|
| 50 | 243 |
| 200 | 543 |
| 1,000 | 2,143 |
| 5,000 | 10,143 |
)";

constexpr char kRules[] = R"(
## Rules
Recorded series, with C checks, N nodes, F address families and D ends of sessions that are down:

    4 × N × F + F + C + 5 × D

at most, while all is well without the last. A session that is up is in none of them: all of `caliwatch_bgp_peer_up` is read twice for an evaluation,
and everything else looks at nodes or at what is down.

What an evaluation takes of one core (Debian 12's Prometheus 2.42 on an AMD EPYC, least and median of seven, in seconds; `test/bench/rules` measures
it anew), for a full mesh of 200:

| group | all well | ten nodes gone |
|---|---|---|
| caliwatch-agent | 0.02, 0.03 | 0.02, 0.03 |
| caliwatch-bgp | 0.23, 0.25 | 0.31, 0.37 |
| caliwatch-routes | 0.07, 0.13 | 0.07, 0.08 |
| caliwatch-workloads | 0.02, 0.02 | 0.02, 0.02 |

caliwatch-bgp grows with the sessions, of which a mesh has N × (N - 1): at 1,000 nodes by that it takes 25 times as long, some 6 seconds of the 15 between two
evaluations, unless `--peers.detail=problems` leaves out those that are up. Behind reflectors, and all the others, it grows with the nodes. caliwatch-ipam
and caliwatch-nodes look at the few series by check and kind of the one pod above.
)";

}  // namespace

std::string MetricsOnceFound(const Snapshot& node, PeerDetail detail) {
  Observer observer(Limits{.polls_to_hold = 1});
  Snapshot later = node;
  observer.Observe(Seen(node));
  LetPass(absl::Seconds(5), later);
  const Report report = observer.Observe(Seen(std::move(later)));
  ProcessStats process;
  process.poll_duration_buckets.assign(std::size(kPollDurationBounds) + 1, 1);
  return RenderMetrics({report, process, detail});
}

int SeriesOf(const std::string& metrics) {
  const std::vector<absl::string_view> lines = absl::StrSplit(metrics, '\n', absl::SkipEmpty());
  return static_cast<int>(
      std::count_if(lines.begin(), lines.end(), [](absl::string_view line) { return !absl::StartsWith(line, "#"); }));
}

std::string DocumentCost() {
  const int base = Count(MeshNode(50)) - 2 * 49, dual_base = Count(MeshNode(50, 0, true)) - 4 * 49;
  const int detail = Count(MeshNode(50), PeerDetail::kAll) - Count(MeshNode(50));
  std::string page = absl::StrFormat(kHead, base, detail / 49, dual_base, 5, detail / 49, kGone, kGone);
  for (const int nodes : kSizes) absl::StrAppend(&page, MeshRow(nodes));
  absl::StrAppendFormat(&page, kReflected, kReflectors);
  for (const int nodes : kSizes) absl::StrAppend(&page, ReflectedRow(nodes));
  return absl::StrCat(page, kIpam, kRules);
}

}  // namespace caliwatch
