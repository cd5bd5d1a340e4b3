// SPDX-License-Identifier: Apache-2.0
#pragma once

// A metric is one entry: how it is documented and how it is read from what is exposed. Entries stand in
// lib/metrics/catalog/, one file a subject, and register themselves; the exposition and docs/metrics.md walk the same
// list.

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <prometheus/metric_type.h>

#include "lib/analysis/report.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

using prometheus::MetricType;
// As Prometheus' text format has it; of the types that our metrics have: "counter", "gauge", "histogram".
absl::string_view ToString(MetricType type);

struct HistogramValue {
  std::vector<double> bounds;     // upper, ascending, without +Inf
  std::vector<uint64_t> buckets;  // one a bound and one beyond, not cumulative
  double sum = 0;
};

// Collects the series of one metric.
class Samples {
 public:
  // `label_values` in the order of Metric::labels; any bytes.
  void Add(std::vector<std::string> label_values, double value) {
    rows_.push_back({std::move(label_values), value, {}});
  }
  void Add(std::vector<std::string> label_values, HistogramValue histogram) {
    rows_.push_back({std::move(label_values), 0, std::move(histogram)});
  }

  struct Row {
    std::vector<std::string> label_values;
    double value = 0;
    HistogramValue histogram;
  };
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

// What is told of a metric beside its series.
struct MetricInfo {
  absl::string_view name;
  MetricType type = MetricType::Gauge;
  absl::string_view help;
  std::vector<absl::string_view> labels;
};

struct Metric : MetricInfo {
  std::function<void(const Exposed&, Samples&)> read;
};

struct RegisterMetrics {
  RegisterMetrics(std::initializer_list<Metric> metrics);
};

// Ordered by name.
const std::vector<Metric>& AllMetrics();

// At most this many series of a list whose length the node's state decides; totals are always exact.
inline constexpr size_t kListCap = 20;

}  // namespace caliwatch
