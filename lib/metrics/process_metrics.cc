// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/process_metrics.h"

namespace caliwatch {

const std::vector<ProcessMetric>& ProcessMetrics() {
  static const std::vector<ProcessMetric> metrics = {
      {"caliwatch_build_info",
       MetricType::Gauge,
       "1; which caliwatch this is.",
       {"version", "revision", "compiler"},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({process.version, process.revision, process.compiler}, 1);
       }},
      {"process_cpu_seconds_total",
       MetricType::Counter,
       "Total user and system CPU time spent in seconds.",
       {},
       [](const ProcessStats& process, Samples& samples) { samples.Add({}, process.cpu_seconds); }},
      {"process_open_fds",
       MetricType::Gauge,
       "Number of open file descriptors.",
       {},
       [](const ProcessStats& process, Samples& samples) { samples.Add({}, static_cast<double>(process.open_fds)); }},
      {"process_max_fds",
       MetricType::Gauge,
       "Maximum number of open file descriptors.",
       {},
       [](const ProcessStats& process, Samples& samples) { samples.Add({}, static_cast<double>(process.max_fds)); }},
      {"process_virtual_memory_bytes",
       MetricType::Gauge,
       "Virtual memory size in bytes.",
       {},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({}, static_cast<double>(process.virtual_bytes));
       }},
      {"process_virtual_memory_max_bytes",
       MetricType::Gauge,
       "Maximum amount of virtual memory available in bytes.",
       {},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({}, static_cast<double>(process.virtual_max_bytes));
       }},
      {"process_resident_memory_bytes",
       MetricType::Gauge,
       "Resident memory size in bytes.",
       {},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({}, static_cast<double>(process.resident_bytes));
       }},
      {"process_start_time_seconds",
       MetricType::Gauge,
       "Start time of the process since unix epoch in seconds.",
       {},
       [](const ProcessStats& process, Samples& samples) { samples.Add({}, process.start_time_seconds); }},
      {"process_network_receive_bytes_total",
       MetricType::Counter,
       "Number of bytes received by the process over the network.",
       {},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({}, static_cast<double>(process.network_receive_bytes));
       }},
      {"process_network_transmit_bytes_total",
       MetricType::Counter,
       "Number of bytes sent by the process over the network.",
       {},
       [](const ProcessStats& process, Samples& samples) {
         samples.Add({}, static_cast<double>(process.network_transmit_bytes));
       }},
  };
  return metrics;
}

}  // namespace caliwatch
