// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

using ReadRoute = double (*)(const WatchedRoute&);

auto OfEachRoute(ReadRoute read) {
  return [read](const Exposed& exposed, Samples& samples) {
    if (!exposed.report.watched_routes.ok()) return;
    for (const WatchedRoute& route : *exposed.report.watched_routes)
      samples.Add({route.prefix.ToString()}, read(route));
  };
}

void ReadHops(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.watched_routes.ok()) return;
  for (const WatchedRoute& route : *exposed.report.watched_routes)
    for (const WatchedHop& hop : route.hops)
      samples.Add({route.prefix.ToString(), route.protocol, route.type, route.peer,
                   hop.gateway ? hop.gateway->ToString() : "", hop.interface},
                  1);
}

const RegisterMetrics registered{
    {"caliwatch_watched_route_present",
     MetricType::Gauge,
     "1 if table main has a route for exactly this prefix that takes packets; 0 if it has none, or one that refuses "
     "them (unreachable, prohibit). Of each --routes.watched.",
     {"prefix"},
     OfEachRoute([](const WatchedRoute& route) { return route.present ? 1.0 : 0.0; })},
    {"caliwatch_watched_route_since_timestamp_seconds",
     MetricType::Gauge,
     "When the watched route came or went; when the agent first looked, if it has been as it is since.",
     {"prefix"},
     OfEachRoute([](const WatchedRoute& route) { return static_cast<double>(absl::ToUnixSeconds(route.since)); })},
    {"caliwatch_watched_route_info",
     MetricType::Gauge,
     "1 for each of the first 8 next hops of the watched route: who made it, its type, the BGP peer that announced it, "
     "gateway and interface. No series while there is no route.",
     {"prefix", "protocol", "route_type", "peer", "gateway", "interface"},
     ReadHops},
};

}  // namespace
}  // namespace caliwatch
