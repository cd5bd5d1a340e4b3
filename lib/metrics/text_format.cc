// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/text_format.h"

#include <limits>
#include <set>
#include <utility>

#include <absl/strings/str_replace.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
    case MetricType::kGauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

void SetHistogram(const HistogramValue& value, prometheus::ClientMetric::Histogram& histogram) {
  uint64_t cumulative = 0;
  for (size_t i = 0; i < value.buckets.size(); ++i) {
    cumulative += value.buckets[i];
    const bool beyond = i >= value.bounds.size();
    histogram.bucket.push_back({cumulative, beyond ? std::numeric_limits<double>::infinity() : value.bounds[i]});
  }
  histogram.sample_count = cumulative;
  histogram.sample_sum = value.sum;
}

prometheus::ClientMetric ClientMetricOf(const MetricInfo& metric, const Samples::Row& row) {
  prometheus::ClientMetric client;
  for (size_t i = 0; i < metric.labels.size(); ++i)
    client.label.push_back({std::string(metric.labels[i]), Printable(row.label_values[i])});
  switch (metric.type) {
    case MetricType::kGauge:
      client.gauge.value = row.value;
      break;
    case MetricType::kCounter:
      client.counter.value = row.value;
      break;
    case MetricType::kHistogram:
      SetHistogram(row.histogram, client.histogram);
      break;
  }
  return client;
}

// The serializer writes help as it is: a line break would end the comment and break the scrape.
std::string HelpOf(const MetricInfo& metric) {
  return ValidUtf8(absl::StrReplaceAll(metric.help, {{"\\", "\\\\"}, {"\n", "\\n"}}));
}

bool HasBrokenLabel(const Samples& samples) {
  for (const Samples::Row& row : samples.rows())
    for (const std::string& value : row.label_values)
      if (!IsPrintable(value)) return true;
  return false;
}

// Names that differ in unprintable bytes alone have become one; a scrape must not hold a series twice.
void DropRepeated(prometheus::MetricFamily& family) {
  std::set<std::vector<prometheus::ClientMetric::Label>> seen;
  std::erase_if(family.metric,
                [&](const prometheus::ClientMetric& client) { return !seen.insert(client.label).second; });
}

prometheus::MetricFamily FamilyOf(const MetricInfo& metric, const Samples& samples) {
  prometheus::MetricFamily family{std::string(metric.name), HelpOf(metric), TypeOf(metric.type), {}};
  for (const Samples::Row& row : samples.rows()) family.metric.push_back(ClientMetricOf(metric, row));
  if (HasBrokenLabel(samples)) DropRepeated(family);
  return family;
}

}  // namespace

std::string MetricsText(const std::vector<MetricWithSamples>& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [metric, samples] : metrics)
    if (!samples.rows().empty()) families.push_back(FamilyOf(*metric, samples));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace caliwatch
