// SPDX-License-Identifier: Apache-2.0
// What a poll costs on a bad day: after thousands of things have gone wrong at once, on nodes made up here. Each scene
// is played at one size and at double the size: work that grows with the node doubles, and work that grows by its
// square is four times as much. Ends with status 1 where a limit is missed.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/decode/bird_answers.h"
#include "test/bench/mass_scenes.h"

namespace caliwatch {
namespace {

constexpr double kLinear = 2.6;  // of double the size; the rest is for caches and the logarithm of sorting
constexpr double kWithdrawal = 2.0;
constexpr double kLongLine = 1.0;

bool Verdict(const std::string& scene, double value, double limit) {
  std::printf("%-44s %6.2f, at most %.1f: %s\n", scene.c_str(), value, limit, value <= limit ? "holds" : "MISSED");
  std::fflush(stdout);
  return value <= limit;
}

using Play = Cost (*)(int, const Meter&);

// The least of three times, where others on the machine have their part in it.
Cost CostOf(Play play, int size, const Meter& meter) {
  Cost least = play(size, meter);
  for (int more = meter.counts_instructions() ? 0 : 2; more > 0; --more) {
    const Cost again = play(size, meter);
    least = {std::min(least.before, again.before), std::min(least.worst, again.worst)};
  }
  return least;
}

bool IsLinear(const char* name, Play play, int size, const Meter& meter) {
  const Cost once = CostOf(play, size / 2, meter), twice = CostOf(play, size, meter);
  std::printf("%s: %d: %.0f, before %.0f; %d: %.0f, before %.0f\n", name, size / 2, once.worst, once.before, size,
              twice.worst, twice.before);
  return Verdict("  double the size costs", twice.worst / once.worst, kLinear);
}

bool IsShortWork(int routes, const Meter& meter) {
  const Cost cost = CostOf(Withdrawal, routes, meter);
  std::printf("withdrawal of half of %d routes: %.0f, before %.0f\n", routes, cost.worst, cost.before);
  return Verdict("  the worst poll after it, by the one before", cost.worst / cost.before, kWithdrawal);
}

// The least of a few times: one takes milliseconds.
double DecodingOf(const std::string& row, const Meter& meter) {
  constexpr int kTimes = 9;
  const std::string answer = absl::StrCat("2002-name proto table state since info\n", row, "0000 \n");
  const BirdClock clock{absl::FromUnixSeconds(1'800'000'000)};
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTimes; ++i)
    least = std::min(least, meter.Of([&] { (void)BirdProtocolsFrom(answer, clock).ok(); }));
  return least;
}

// A megabyte of BIRD's in one line, by as much in short ones.
bool IsLongLineCheap(const Meter& meter) {
  const std::string row = "1002-Mesh_10_39_1_219 BGP master up 23:28:25  Established   \n";
  std::string shorts;
  while (shorts.size() < 1 << 20) shorts += row;
  bool well = true;
  for (const char* filler : {" ", "x", "x  ", "E  ", "\t", "[ "}) {
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
  well &= IsLinear("withdrawal of half of the routes", Withdrawal, 50'000 / divisor, meter);
  well &= IsLinear("restart of BIRD, routes", Restart, 50'000 / divisor, meter);
  well &= IsLinear("peers down", PeersDown, 5'000 / divisor, meter);
  well &= IsLinear("findings", Findings, 20'000 / divisor, meter);
  well &= IsLinear("workloads without routes", Routeless, 4'000 / divisor, meter);
  well &= IsLinear("interfaces of workloads", Interfaces, 4'000 / divisor, meter);
  well &= IsLinear("nodes by VXLAN", Tunnels, 1'000 / divisor, meter);
  well &= IsLongLineCheap(meter);
  return well ? 0 : 1;
}
