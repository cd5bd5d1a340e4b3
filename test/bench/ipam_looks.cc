// SPDX-License-Identifier: Apache-2.0
// What `caliwatch ipam` costs while it watches a cluster:
//   caliwatch_bench_ipam KUBECONFIG AGENTS
// For each line of its input, "look" or "wait SECONDS", it does so, and prints one line of JSON with the CPU
// milliseconds and the wall's that this took, the peak of its memory so far, and what it knows.

#include <cstdio>
#include <iostream>
#include <string>

#include <absl/strings/numbers.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>

#include "agent/cluster/live_sources.h"
#include "lib/ipam/judge.h"
#include "test/bench/process_usage.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kLookWithin = absl::Minutes(10);

void Print(const std::string& what, absl::Time began, double cpu, const ClusterRecords& records,
           const IpamReport& report) {
  size_t rows = 0, unread = 0;
  ForEachClusterTable([&](const char*, auto member) {
    rows += (records.*member).rows.size();
    unread += !(records.*member).complete.ok() && !absl::IsNotFound((records.*member).complete);
  });
  std::printf(
      R"({"did": "%s", "cpu": %.0f, "wall": %.0f, "peak_kib": %ld, "rows": %zu, "unread": %zu, "recorded": %zu, )"
      "\"outcome\": \"%s\"}\n",
      what.c_str(), CpuMilliseconds() - cpu, absl::ToDoubleMilliseconds(absl::Now() - began), PeakResidentKib(), rows,
      unread, report.recorded, std::string(ToString(report.outcome())).c_str());
  std::fflush(stdout);
}

int Main(const std::string& kubeconfig, const std::string& agents) {
  const auto live = OpenLiveSources({.in_cluster = false, .kubeconfig = kubeconfig, .etcd = false, .agents = agents});
  if (!live.ok()) {
    std::fprintf(stderr, "caliwatch_bench_ipam: %s\n", live.status().ToString().c_str());
    return 1;
  }
  IpamState state;
  IpamReport report;
  for (std::string line; std::getline(std::cin, line);) {
    absl::string_view rest = line;
    double seconds = 0;
    const absl::Time began = absl::Now();
    const double cpu = CpuMilliseconds();
    if (absl::ConsumePrefix(&rest, "wait ") && absl::SimpleAtod(rest, &seconds)) {
      (*live)->Wait(absl::Seconds(seconds));
    } else {
      (*live)->Look(kLookWithin);
      Print("read", began, cpu, (*live)->records(), report);
      report = JudgeIpam((*live)->records(), absl::Now(), state);
    }
    Print(line, began, cpu, (*live)->records(), report);
  }
  for (const std::string& problem : (*live)->problems()) std::fprintf(stderr, "%s\n", problem.c_str());
  return 0;
}

}  // namespace
}  // namespace caliwatch

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "Usage: caliwatch_bench_ipam KUBECONFIG AGENTS\n");
    return 64;
  }
  return caliwatch::Main(arguments[1], arguments[2]);
}
