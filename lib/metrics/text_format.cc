// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/text_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <set>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

// A line break would end the comment and break the scrape.
std::string HelpText(const MetricInfo& metric) {
  return ValidUtf8(absl::StrReplaceAll(metric.help, {{"\\", "\\\\"}, {"\n", "\\n"}}));
}

void AppendNumber(double value, std::string& text) {
  constexpr double kMostWhole = 1e15;
  constexpr int kDigits = 16;
  if (std::isnan(value)) {
    text += "Nan";
  } else if (std::isinf(value)) {
    text += value < 0 ? "-Inf" : "+Inf";
  } else if (std::trunc(value) == value && std::abs(value) < kMostWhole && !std::signbit(value)) {
    absl::StrAppend(&text, static_cast<int64_t>(value));  // as nearly all are
  } else {
    char digits[32];
    text.append(digits, std::to_chars(digits, std::end(digits), value, std::chars_format::general, kDigits).ptr);
  }
}

void AppendEscaped(absl::string_view printable, std::string& text) {
  size_t done = 0;
  for (size_t i = 0; i < printable.size(); ++i) {
    if (printable[i] != '\\' && printable[i] != '"') continue;
    absl::StrAppend(&text, printable.substr(done, i - done), "\\");
    done = i;
  }
  absl::StrAppend(&text, printable.substr(done));
}

// One metric's lines.
class Lines {
 public:
  // `printable`: so are all label values.
  Lines(const MetricInfo& metric, bool printable, std::string& text)
      : metric_(metric), printable_(printable), text_(text) {}

  void Append(const Samples::Row& row) {
    if (metric_.type == MetricType::Histogram)
      AppendHistogram(row);
    else
      AppendLine(row, "", "", row.value);
  }

 private:
  // `bound`: the label `le`, or "".
  void AppendLine(const Samples::Row& row, absl::string_view suffix, absl::string_view bound, double value) {
    absl::StrAppend(&text_, metric_.name, suffix);
    absl::string_view before = "{";
    for (size_t i = 0; i < metric_.labels.size(); ++i) {
      absl::StrAppend(&text_, before, metric_.labels[i], "=\"");
      printable_ ? AppendEscaped(row.label_values[i], text_) : AppendEscaped(Printable(row.label_values[i]), text_);
      text_ += '"';
      before = ",";
    }
    if (!bound.empty()) absl::StrAppend(&text_, before, "le=\"", bound, "\"");
    text_ += metric_.labels.empty() && bound.empty() ? " " : "} ";
    AppendNumber(value, text_);
    text_ += '\n';
  }

  void AppendHistogram(const Samples::Row& row) {
    const HistogramValue& histogram = row.histogram;
    const auto count =
        static_cast<double>(std::accumulate(histogram.buckets.begin(), histogram.buckets.end(), uint64_t{0}));
    AppendLine(row, "_count", "", count);
    AppendLine(row, "_sum", "", histogram.sum);
    uint64_t cumulative = 0;
    for (size_t i = 0; i < std::min(histogram.bounds.size(), histogram.buckets.size()); ++i) {
      std::string bound;
      AppendNumber(histogram.bounds[i], bound);
      AppendLine(row, "_bucket", bound, static_cast<double>(cumulative += histogram.buckets[i]));
    }
    AppendLine(row, "_bucket", "+Inf", count);
  }

  const MetricInfo& metric_;
  const bool printable_;
  std::string& text_;
};

bool HasBrokenLabel(const Samples& samples) {
  for (const Samples::Row& row : samples.rows())
    for (const std::string& value : row.label_values)
      if (!IsPrintable(value)) return true;
  return false;
}

std::vector<std::string> PrintableLabels(const Samples::Row& row) {
  std::vector<std::string> labels;
  labels.reserve(row.label_values.size());
  for (const std::string& value : row.label_values) labels.push_back(Printable(value));
  return labels;
}

}  // namespace

void AppendMetric(const MetricInfo& metric, const Samples& samples, std::string& text) {
  if (samples.rows().empty()) return;
  absl::StrAppend(&text, "# HELP ", metric.name, " ", HelpText(metric), "\n");
  absl::StrAppend(&text, "# TYPE ", metric.name, " ", ToString(metric.type), "\n");
  // Names that differ in unprintable bytes alone become one; a scrape must not hold a series twice.
  const bool may_repeat = HasBrokenLabel(samples);
  std::set<std::vector<std::string>> seen;
  Lines lines(metric, !may_repeat, text);
  for (const Samples::Row& row : samples.rows())
    if (!may_repeat || seen.insert(PrintableLabels(row)).second) lines.Append(row);
}

}  // namespace caliwatch
