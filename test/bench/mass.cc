// SPDX-License-Identifier: Apache-2.0
// What a poll costs on a bad day: after thousands of things have gone wrong at once, on nodes made up here. Each scene
// is played at one size and at double the size: work that grows with the node doubles, and work that grows by its
// square is four times as much. Counts instructions, which other programs on the machine do not change, or CPU time
// where this machine cannot count them. Ends with status 1 where a limit is missed.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/analysis/observe.h"
#include "lib/decode/bird_answers.h"
#include "lib/view/json/report_json.h"
#include "lib/view/log/change_log.h"
#include "lib/view/terminal/report_text.h"
#include "test/bench/process_usage.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr double kLinear = 2.6;  // of double the size; the rest is for caches and the logarithm of sorting
constexpr double kWithdrawal = 2.0;
constexpr double kLongLine = 1.5;

// Millions of instructions of this thread, or CPU milliseconds.
class Meter {
 public:
  Meter() {
    perf_event_attr about{};
    about.type = PERF_TYPE_HARDWARE;
    about.size = sizeof about;
    about.config = PERF_COUNT_HW_INSTRUCTIONS;
    about.exclude_kernel = 1;
    about.exclude_hv = 1;
    fd_ = static_cast<int>(syscall(SYS_perf_event_open, &about, 0, -1, -1, 0));
  }
  bool counts_instructions() const { return fd_ >= 0; }
  double Of(const std::function<void()>& work) const {
    const double before = Now();
    work();
    return Now() - before;
  }

 private:
  double Now() const {
    uint64_t instructions = 0;
    if (fd_ >= 0 && read(fd_, &instructions, sizeof instructions) == sizeof instructions)
      return static_cast<double>(instructions) / 1e6;
    return CpuMilliseconds();
  }

  int fd_ = -1;
};

IpAddress Numbered(uint32_t base, int number) {
  const uint32_t address = base + static_cast<uint32_t>(number);
  const uint8_t bytes[4] = {static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
                            static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  return IpAddress::FromBytes(Family::kIpv4, bytes);
}

IpAddress PeerAddress(int number) { return Numbered(0x0a270100 + 256, number); }  // 10.39.2.0 and on

struct Scene {
  explicit Scene(int peers, int routes) {
    node = HealthyNode();
    auto& all = *node.birds[Family::kIpv4].peers;
    all.clear();
    for (int i = 0; i < peers; ++i) {
      all.push_back(MeshPeer(PeerAddress(i).ToString()));
      all.back().routes =
          RouteCounts{static_cast<uint32_t>(routes / peers), 0, 1, static_cast<uint32_t>(routes / peers)};
    }
    std::erase_if(*node.routes, [](const Route& row) { return row.gateway && !row.destination.IsDefault(); });
    const Route like = BlockRoute("192.168.219.0/26", "10.39.1.219");
    for (int i = 0; i < routes; ++i) {
      Route route = like;
      route.destination = {Numbered(0x0b000000, i * 64), 26};
      route.gateway = PeerAddress(i % peers);
      node.routes->push_back(route);
    }
    Order();
    Count(routes);
  }

  void Order() {
    std::sort(node.routes->begin(), node.routes->end(),
              [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
  }
  // What BIRD says that it gave to the kernel: these and its own block.
  void Count(int routes) {
    node.birds[Family::kIpv4].protocols->front().routes = RouteCounts{.exported = static_cast<uint32_t>(routes + 1)};
  }
  std::vector<BirdRoute> Table() const {
    std::vector<BirdRoute> table;
    for (const Route& route : *node.routes) {
      if (!route.gateway || route.destination.IsDefault()) continue;
      BirdRoute& row = table.emplace_back();
      row.destination = route.destination;
      row.protocol = MeshPeer(route.gateway->ToString()).name;
      row.next_hops = {{*route.gateway, "eth0"}};
      row.best = true;
    }
    return table;
  }
  // One poll; `table` is what BIRD answers if it is asked for its routes.
  double Poll(const Meter& meter, const std::vector<BirdRoute>* table = nullptr, const Journal& journal = {}) {
    LetPass(absl::Seconds(5), node);
    Snapshot seen = node;
    if (table != nullptr && observer.ask_bird_routes()[Family::kIpv4]) seen.birds[Family::kIpv4].routes = *table;
    const SnapshotPtr given = Seen(std::move(seen));
    before = std::move(report);
    return meter.Of([&] { report = observer.Observe(given, journal); });
  }
  double WorstOf(int polls, const Meter& meter, const std::vector<BirdRoute>* table = nullptr) {
    double worst = 0;
    for (int i = 0; i < polls; ++i) worst = std::max(worst, Poll(meter, table));
    return worst;
  }

  Snapshot node;
  Observer observer;
  Report report, before;
};

void TakeDown(BgpPeer& peer) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
  peer.age = absl::ZeroDuration();
  peer.error = {PeerErrorClass::kSocket, "Connection refused"};
  peer.routes.reset();
}

struct Cost {
  double before = 0, worst = 0;  // of one poll
};

Cost Withdrawal(int routes, const Meter& meter) {
  Scene scene(200, routes);
  scene.WorstOf(3, meter);
  Cost cost{scene.Poll(meter)};
  Journal journal;
  journal.routes_complete = true;
  std::vector<Route> left;
  for (const Route& route : *scene.node.routes) {
    if (route.gateway && !route.destination.IsDefault() && route.destination.address.bytes[2] % 2 == 0)
      journal.routes.push_back({scene.node.boot_time, route.destination, false});
    else
      left.push_back(route);
  }
  scene.node.routes = std::move(left);
  const int kept = routes - static_cast<int>(journal.routes.size());
  for (BgpPeer& peer : *scene.node.birds[Family::kIpv4].peers)
    peer.routes = RouteCounts{static_cast<uint32_t>(kept / 200), 0, 1, static_cast<uint32_t>(kept / 200)};
  scene.Count(kept);
  const std::vector<BirdRoute> table = scene.Table();
  cost.worst = std::max(scene.Poll(meter, &table, journal), scene.WorstOf(4, meter, &table));
  return cost;
}

Cost Restart(int routes, const Meter& meter) {
  Scene scene(200, routes);
  const std::vector<BirdRoute> table = scene.Table();
  scene.WorstOf(3, meter);
  Cost cost{scene.Poll(meter)};
  const std::vector<Route> all = *scene.node.routes;
  Bird& bird = scene.node.birds[Family::kIpv4];
  const std::vector<BgpPeer> peers = *bird.peers;
  bird.status->uptime = absl::Seconds(1);
  for (BgpPeer& peer : *bird.peers) TakeDown(peer);
  std::erase_if(*scene.node.routes, [](const Route& row) { return row.gateway && !row.destination.IsDefault(); });
  cost.worst = scene.WorstOf(4, meter, &table);
  bird.peers = peers;
  for (BgpPeer& peer : *bird.peers) peer.age = absl::Seconds(1);
  cost.worst = std::max(cost.worst, scene.WorstOf(2, meter, &table));
  scene.node.routes = all;
  cost.worst = std::max(cost.worst, scene.WorstOf(4, meter, &table));
  return cost;
}

Cost PeersDown(int peers, const Meter& meter) {
  Scene scene(peers, peers * 2);
  scene.node.addresses->reserve(static_cast<size_t>(peers));
  for (int i = 0; i < peers; ++i)  // kube-proxy's IPVS: each service's
    scene.node.addresses->push_back({Numbered(0x0a600000, i), 32, RT_SCOPE_UNIVERSE, 0, 3});
  scene.WorstOf(3, meter);
  Cost cost{scene.Poll(meter)};
  for (BgpPeer& peer : *scene.node.birds[Family::kIpv4].peers) {
    TakeDown(peer);
    scene.node.bgp_sockets->push_back(SessionWith(peer.address->ToString()));
  }
  std::erase_if(*scene.node.routes, [](const Route& row) { return row.gateway && !row.destination.IsDefault(); });
  scene.Count(0);
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

// Of each of these routes the kernel has nothing, and everybody is shown that.
Cost Findings(int routes, const Meter& meter) {
  Scene scene(200, routes);
  const std::vector<BirdRoute> table = scene.Table();
  scene.WorstOf(3, meter);
  Cost cost{scene.Poll(meter)};
  std::erase_if(*scene.node.routes, [](const Route& row) { return row.gateway && !row.destination.IsDefault(); });
  cost.worst = scene.WorstOf(6, meter, &table);
  size_t bytes = 0;
  cost.worst += meter.Of([&] {
    bytes += ReportJson(scene.report, "").size() + ReportText(scene.report, false).size();
    for (const LogRecord& record : RecordsOf(&scene.before, scene.report)) bytes += record.fields.size();
  });
  if (bytes > 4'000'000) std::printf("  %zu bytes are shown\n", bytes);
  return cost;
}

// Workloads of Calico, none of which has a route.
Cost Routeless(int workloads, const Meter& meter) {
  Scene scene(200, workloads);
  scene.WorstOf(3, meter);
  Cost cost{scene.Poll(meter)};
  for (int i = 0; i < workloads; ++i) {
    const std::string name = absl::StrCat("cali", 100000 + i), address = Numbered(0xac100000, i).ToString();
    scene.node.links->push_back(WorkloadLink(100 + i, name));
    scene.node.endpoints->push_back(WorkloadEndpoint(absl::StrCat("default/", name), name, address));
    scene.node.neighbors->push_back(NeighborEntry(address, 100 + i));
  }
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

// One answer of BIRD's of a megabyte, in one line or in short ones.
double DecodingOf(const std::string& row, const Meter& meter) {
  const std::string answer = absl::StrCat("2002-name proto table state since info\n", row, "0000 \n");
  const BirdClock clock{absl::FromUnixSeconds(1'800'000'000)};
  return meter.Of([&] { (void)BirdProtocolsFrom(answer, clock).ok(); });
}

bool Verdict(const std::string& scene, double value, double limit) {
  std::printf("%-44s %6.2f, at most %.1f: %s\n", scene.c_str(), value, limit, value <= limit ? "holds" : "MISSED");
  std::fflush(stdout);
  return value <= limit;
}

bool IsLinear(const char* name, Cost (*play)(int, const Meter&), int size, const Meter& meter) {
  const Cost once = play(size, meter), twice = play(2 * size, meter);
  std::printf("%s: %d: %.0f, before %.0f; %d: %.0f, before %.0f\n", name, size, once.worst, once.before, 2 * size,
              twice.worst, twice.before);
  return Verdict(absl::StrCat("  double the size costs"), twice.worst / once.worst, kLinear);
}

bool IsShortWork(int routes, const Meter& meter) {
  const Cost cost = Withdrawal(routes, meter);
  std::printf("withdrawal of half of %d routes: %.0f, before %.0f\n", routes, cost.worst, cost.before);
  return Verdict("  the worst poll after it, by the one before", cost.worst / cost.before, kWithdrawal);
}

bool IsLongLineCheap(const Meter& meter) {
  const std::string row = "1002-Mesh_10_39_1_219 BGP master up 23:28:25  Established   \n";
  std::string shorts;
  while (shorts.size() < 1 << 20) shorts += row;
  bool well = true;
  for (const char* filler : {" ", "x", "x  ", "\t", "[ "}) {
    std::string line = "1002-Mesh_10_39_1_219 BGP master up 23:28:25  ";
    while (line.size() < 1 << 20) line += filler;
    well &= Verdict(absl::StrCat("a line of 1 MB of \"", filler, "\", by short lines"),
                    DecodingOf(line + "\n", meter) / DecodingOf(shorts, meter), kLongLine);
  }
  return well;
}

}  // namespace
}  // namespace caliwatch

// The argument divides all sizes, for a short look.
int main(int count, char** arguments) {
  using namespace caliwatch;
  const int divisor = count > 1 ? std::max(1, std::atoi(arguments[1])) : 1;
  const Meter meter;
  std::printf("Counted in %s.\n", meter.counts_instructions() ? "millions of instructions" : "CPU milliseconds");
  bool well = IsShortWork(100'000 / divisor, meter);
  well &= IsLinear("withdrawal of half of the routes", Withdrawal, 25'000 / divisor, meter);
  well &= IsLinear("restart of BIRD, routes", Restart, 25'000 / divisor, meter);
  well &= IsLinear("peers down", PeersDown, 2'500 / divisor, meter);
  well &= IsLinear("findings", Findings, 10'000 / divisor, meter);
  well &= IsLinear("workloads without routes", Routeless, 2'000 / divisor, meter);
  well &= IsLongLineCheap(meter);
  return well ? 0 : 1;
}
