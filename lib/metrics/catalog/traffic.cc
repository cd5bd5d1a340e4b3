// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

template <class ValueOf>
auto OfTraffic(ValueOf value_of) {
  return [value_of](const Exposed& exposed, Samples& samples) {
    for (const LinkTraffic& traffic : exposed.report.traffic)
      if (samples.rows().size() < kListCap)
        samples.Add({traffic.name, std::string(ToString(traffic.role))}, static_cast<double>(value_of(traffic)));
  };
}

const RegisterMetrics registered{
    {"caliwatch_link_received_packets_total",
     MetricType::Counter,
     "Packets that came in by a tunnel, or by an interface that routes to other nodes or the default route use.",
     {"interface", "interface_kind"},
     OfTraffic([](const LinkTraffic& traffic) { return traffic.total.received_packets; })},
    {"caliwatch_link_sent_packets_total",
     MetricType::Counter,
     "Packets that left by such an interface.",
     {"interface", "interface_kind"},
     OfTraffic([](const LinkTraffic& traffic) { return traffic.total.sent_packets; })},
    {"caliwatch_link_send_errors_total",
     MetricType::Counter,
     "Packets that such an interface could not send; of a tunnel, also those for which it found no way.",
     {"interface", "interface_kind"},
     OfTraffic([](const LinkTraffic& traffic) { return traffic.total.send_errors; })},
    {"caliwatch_link_unanswered_seconds",
     MetricType::Gauge,
     "For how long nothing has come in by such an interface since something was sent; 0 unless that is so.",
     {"interface", "interface_kind"},
     OfTraffic([](const LinkTraffic& traffic) { return absl::ToDoubleSeconds(traffic.unanswered); })},
};

}  // namespace
}  // namespace caliwatch
