// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/metrics_text.h"

#include <cmath>
#include <set>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/model/utf8.h"
#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

std::string TakeName(absl::string_view& text) {
  size_t end = 0;
  while (end < text.size() && (absl::ascii_isalnum(text[end]) || text[end] == '_' || text[end] == ':')) ++end;
  const std::string name(text.substr(0, end));
  Must(!name.empty() && !absl::ascii_isdigit(name[0]), "a name begins here", text);
  text.remove_prefix(end);
  return name;
}

void TakeQuoted(absl::string_view& text) {
  Must(absl::ConsumePrefix(&text, "\""), "a label's value is quoted", text);
  while (!text.empty() && text[0] != '"') {
    if (text[0] == '\\') {
      Must(text.size() > 1 && absl::StrContains("\\\"n", text.substr(1, 1)), "an escape is one of three", text);
      text.remove_prefix(1);
    }
    text.remove_prefix(1);
  }
  Must(absl::ConsumePrefix(&text, "\""), "a label's value ends", text);
}

// Returns the value of the label `le`.
std::string TakeLabels(absl::string_view& text) {
  std::string bound;
  if (!absl::ConsumePrefix(&text, "{")) return bound;
  std::set<std::string> names;
  do {
    const std::string name = TakeName(text);
    Must(names.insert(name).second, "a label stands once", name);
    Must(absl::ConsumePrefix(&text, "="), "a label has a value", text);
    const absl::string_view before = text;
    TakeQuoted(text);
    if (name == "le") bound = std::string(before.substr(1, before.size() - text.size() - 2));
  } while (absl::ConsumePrefix(&text, ","));
  Must(absl::ConsumePrefix(&text, "}"), "labels end", text);
  return bound;
}

// One family: its lines follow each other.
struct MetricLines {
  std::string name, type;
  double bucket = 0;  // the last one's

  bool Takes(const std::string& series) const {
    if (type != "histogram") return series == name;
    return series == name + "_bucket" || series == name + "_sum" || series == name + "_count";
  }
};

void ReadSample(absl::string_view line, MetricLines& family, Series& all) {
  absl::string_view rest = line;
  const std::string name = TakeName(rest);
  Must(family.Takes(name), "a series stands below its type", line);
  const std::string bound = TakeLabels(rest);
  const std::string series(line.substr(0, line.size() - rest.size()));
  Must(absl::ConsumePrefix(&rest, " "), "one blank stands before a value", line);
  double value = 0;
  Must(absl::SimpleAtod(rest, &value) && std::isfinite(value), "a value is a number", line);
  Must(all.emplace(series, value).second, "a series stands once", line);
  if (family.type == "counter") Must(value >= 0 && absl::EndsWith(name, "_total"), "a counter counts", line);
  if (!absl::EndsWith(name, "_bucket") || family.type != "histogram") return;
  Must(!bound.empty() && value >= family.bucket, "buckets are cumulative", line);
  family.bucket = bound == "+Inf" ? 0 : value;
}

}  // namespace

Series SeriesFrom(absl::string_view metrics) {
  Must(IsValidUtf8(metrics), "metrics are UTF-8");
  Must(absl::ConsumeSuffix(&metrics, "\n"), "the last line ends");
  Series all;
  MetricLines family;
  std::set<std::string> families;
  for (const absl::string_view line : absl::StrSplit(metrics, '\n')) {
    if (!absl::StartsWith(line, "#")) {
      ReadSample(line, family, all);
      continue;
    }
    const std::vector<absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    Must(words.size() == 4 && !words[3].empty(), "a comment says something", line);
    if (words[1] == "HELP") {
      Must(families.emplace(words[2]).second, "a family stands once", line);
      family = {std::string(words[2]), "", 0};
      continue;
    }
    Must(words[1] == "TYPE" && words[2] == family.name && family.type.empty(), "a type follows its help", line);
    family.type = std::string(words[3]);
    Must(family.type == "gauge" || family.type == "counter" || family.type == "histogram", "a type is known", line);
  }
  return all;
}

}  // namespace caliwatch
