// SPDX-License-Identifier: Apache-2.0
// What Prometheus scrapes from one node of a full mesh: caliwatch_bench_series NODES DOWN. For test/bench/rules.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "test/support/cluster_node.h"
#include "test/support/series_count.h"

int main(int argc, char** argv) {
  const int nodes = argc == 3 ? std::atoi(argv[1]) : 0, down = argc == 3 ? std::atoi(argv[2]) : 0;
  if (nodes < 2 || nodes > 5000 || down < 0 || down >= nodes)
    return std::fputs("usage: caliwatch_bench_series NODES DOWN\n", stderr), 2;
  const std::string metrics = caliwatch::MetricsOnceFound(caliwatch::MeshNode(nodes, down));
  return std::fputs(metrics.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
}
