// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

void ReadNodes(const Exposed& exposed, Samples& samples) {
  const auto& nodes = exposed.report.remote_nodes;
  if (!nodes.ok()) return;
  for (const Family family : kFamilies)
    for (const NodeWay way : kNodeWays)
      samples.Add(
          {std::string(ToString(family)), std::string(ToString(way))},
          static_cast<double>(std::count_if(nodes->rows.begin(), nodes->rows.end(), [&](const RemoteNode& node) {
            return node.family == family && node.way == way;
          })));
}

void ReadIncomplete(const Exposed& exposed, Samples& samples) {
  const auto& nodes = exposed.report.remote_nodes;
  if (!nodes.ok()) return;
  for (const Family family : kFamilies)
    for (const NodeLack lack : kNodeLacks)
      samples.Add(
          {std::string(ToString(family)), std::string(ToString(lack))},
          static_cast<double>(std::count_if(nodes->rows.begin(), nodes->rows.end(), [&](const RemoteNode& node) {
            return node.family == family && !node.lacks.empty() && node.lacks.front() == lack;
          })));
}

const RegisterMetrics registered{
    {"caliwatch_remote_nodes",
     MetricType::Gauge,
     "Other nodes by the way that leads to them, once for each way; none: a mesh peer that no route leads to. Behind "
     "top-of-rack routers, the routers.",
     {"family", "way"},
     ReadNodes},
    {"caliwatch_remote_nodes_incomplete",
     MetricType::Gauge,
     "Other nodes, once for each way, that packets cannot reach, by the first thing that is lacking: the tunnel "
     "device, the neighbor entry or forwarding entry of its other end, a route to the node's address, the BGP session.",
     {"family", "lack"},
     ReadIncomplete},
};

}  // namespace
}  // namespace caliwatch
