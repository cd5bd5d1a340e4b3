// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/text_format.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "lib/analysis/observe.h"
#include "lib/model/utf8.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

prometheus::ClientMetric::Histogram HistogramOf(const HistogramValue& value) {
  prometheus::ClientMetric::Histogram histogram;
  for (size_t i = 0; i < value.buckets.size(); ++i) {
    histogram.sample_count += value.buckets[i];
    histogram.bucket.push_back({histogram.sample_count, i < value.bounds.size() ? value.bounds[i] : kInfinity});
  }
  histogram.sample_sum = value.sum;
  return histogram;
}

prometheus::ClientMetric SeriesOf(const MetricInfo& metric, const Samples::Row& row) {
  prometheus::ClientMetric series;
  for (size_t i = 0; i < metric.labels.size(); ++i)
    series.label.push_back({std::string(metric.labels[i]), Printable(row.label_values[i])});
  if (metric.type == MetricType::Histogram) series.histogram = HistogramOf(row.histogram);
  (metric.type == MetricType::Counter ? series.counter.value : series.gauge.value) = row.value;
  return series;
}

// What prometheus-cpp makes of a metric whose labels can be told apart.
std::string Reference(const MetricInfo& metric, const Samples& samples) {
  using Type = prometheus::MetricType;
  prometheus::MetricFamily family{std::string(metric.name), std::string(metric.help), Type::Gauge, {}};
  if (metric.type == MetricType::Counter) family.type = Type::Counter;
  if (metric.type == MetricType::Histogram) family.type = Type::Histogram;
  for (const Samples::Row& row : samples.rows()) family.metric.push_back(SeriesOf(metric, row));
  return prometheus::TextSerializer().Serialize({family});
}

std::string TextOf(const MetricInfo& metric, const Samples& samples) {
  std::string text;
  AppendMetric(metric, samples, text);
  return text;
}

MetricInfo MetricOf(MetricType type, std::vector<absl::string_view> labels = {}) {
  return {"caliwatch_test", type, "What it is.", std::move(labels)};
}

TEST_CASE("every number is written as prometheus-cpp writes it") {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             0.1,
                             1.0 / 3,
                             -2.5e-7,
                             1e-300,
                             123456789.125,
                             1799989200.0,
                             999999999999999.0,
                             1e15,
                             1234567890123456.0,
                             1e16,
                             1.5e16,
                             1e21,
                             9007199254740993.0,
                             Limits::max(),
                             Limits::min(),
                             Limits::denorm_min(),
                             kInfinity,
                             -kInfinity,
                             Limits::quiet_NaN()})
    for (const MetricType type : {MetricType::Gauge, MetricType::Counter}) {
      Samples samples;
      samples.Add(std::vector<std::string>{}, value);
      INFO(value);
      CHECK(TextOf(MetricOf(type), samples) == Reference(MetricOf(type), samples));
    }
}

TEST_CASE("labels of any bytes are written as prometheus-cpp writes them") {
  const MetricInfo metric = MetricOf(MetricType::Gauge, {"first", "second"});
  Samples samples;
  for (const char* value : {"", "plain", "a \"quoted\" \\ word", "line\nbreak", "K\xc3\xb6ln", "\xff\xfe", "\x1b[2J"})
    samples.Add({value, "10.39.1.36"}, 1);
  CHECK(TextOf(metric, samples) == Reference(metric, samples));
}

TEST_CASE("histograms are written as prometheus-cpp writes them, empty ones, too") {
  for (const std::vector<absl::string_view>& labels : {std::vector<absl::string_view>{}, {"family"}})
    for (const std::vector<uint64_t>& buckets : {std::vector<uint64_t>{}, {0, 0, 0}, {3, 0, 2}}) {
      const MetricInfo metric = MetricOf(MetricType::Histogram, labels);
      Samples samples;
      samples.Add(std::vector<std::string>(labels.size(), "ipv4"), HistogramValue{{0.0025, 10}, buckets, 0.125});
      CHECK(TextOf(metric, samples) == Reference(metric, samples));
    }
}

TEST_CASE("two series that cannot be told apart once they are printable are one") {
  Samples samples;
  samples.Add({"\xff"}, 1);
  samples.Add({"other"}, 2);
  samples.Add({"\xfe"}, 3);
  CHECK(TextOf(MetricOf(MetricType::Gauge, {"name"}), samples) ==
        "# HELP caliwatch_test What it is.\n# TYPE caliwatch_test gauge\n"
        "caliwatch_test{name=\"\xef\xbf\xbd\"} 1\ncaliwatch_test{name=\"other\"} 2\n");
}

TEST_CASE("a line break in a help ends no comment") {
  Samples samples;
  samples.Add(std::vector<std::string>{}, 1);
  MetricInfo metric = MetricOf(MetricType::Gauge);
  metric.help = "one\ntwo \\ three";
  CHECK(TextOf(metric, samples).find("# HELP caliwatch_test one\\ntwo \\\\ three\n") == 0);
}

TEST_CASE("of every recorded node the whole text is what prometheus-cpp makes of it") {
  size_t nodes = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CALIWATCH_SOURCE_DIR) / "test/recordings/nodes")) {
    RecordedNode node(entry.path());
    if (!node.head().ok()) continue;
    ++nodes;
    Observer observer;
    const Report report = observer.Observe(ReadSnapshot(node, [&] { return *node.TakenAt(); }));
    const ProcessStats process;
    std::string reference;
    for (const Metric& metric : AllMetrics()) {
      Samples samples;
      metric.read({report, process, PeerDetail::kAll, ChoosePeers(report, PeerDetail::kAll)}, samples);
      if (!samples.rows().empty()) reference += Reference(metric, samples);
    }
    INFO(entry.path());
    CHECK(RenderMetrics({report, process, PeerDetail::kAll}) == reference);
  }
  CHECK(nodes > 5);
}

}  // namespace
}  // namespace caliwatch
