// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/outputs.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "lib/analysis/state/state_text.h"
#include "lib/metrics/exposition.h"
#include "lib/model/utf8.h"
#include "lib/view/html/status_page.h"
#include "lib/view/json/report_json.h"
#include "lib/view/log/change_log.h"
#include "lib/view/terminal/report_text.h"
#include "test/fuzz/support/html_text.h"
#include "test/fuzz/support/metrics_text.h"
#include "test/fuzz/support/must.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

// What docs/json.md lists under each head of its own: "" the object itself, else each of the list of that name.
std::map<std::string, std::vector<std::string>> DocumentedKeys() {
  const std::string page = Read(CALIWATCH_SOURCE_DIR "/docs/json.md");
  std::map<std::string, std::vector<std::string>> keys;
  std::string under;
  bool first = true;  // of the tables under it; the others are of what is nested
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    const std::vector<absl::string_view> quoted = absl::StrSplit(line, '`');
    const bool is_row = absl::StartsWith(line, "| `"), is_head = absl::StartsWith(line, "## ");
    if (is_head) under = absl::StartsWith(line, "## Each of") ? std::string(quoted.at(1)) : "-";
    if (is_head) first = true;
    if (is_row && first) keys[under].emplace_back(quoted.at(1));
    if (!absl::StartsWith(line, "|") && keys.contains(under) && !is_head) first = false;
  }
  keys.erase("-");
  Must(keys[""].size() > 10 && keys["findings"].size() > 5 && keys["sources"].size() > 2, "docs/json.md lists keys");
  return keys;
}

void CheckJson(const std::string& text) {
  static const auto* documented = new auto(DocumentedKeys());
  const Json json = Json::parse(text, nullptr, false);
  Must(!json.is_discarded() && json.is_object(), "a report is a JSON object", text.substr(0, 80));
  for (const auto& [list, keys] : *documented) {
    const Json just_it = Json::array({json});
    const Json& elements = list.empty() ? just_it : json[list];
    Must(elements.is_array() || elements.is_null(), "a list is a list", list);
    for (const Json& element : elements)
      for (const std::string& key : keys)
        Must(element.is_object() && element.contains(key), "every key of docs/json.md is there",
             absl::StrCat(list, ".", key));
  }
}

bool HasNoControls(absl::string_view text) {
  return IsValidUtf8(text) && std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_iscntrl(c) && c != '\n' && c != '\x1b';
         });
}

// "key=value key="a JSON string"".
void CheckLogfmt(absl::string_view line) {
  while (!line.empty()) {
    const size_t equals = line.find('=');
    Must(equals != absl::string_view::npos && equals > 0 && !absl::StrContains(line.substr(0, equals), ' '),
         "a field has a name", line);
    line.remove_prefix(equals + 1);
    size_t end = line.find(' ');
    if (absl::StartsWith(line, "\"")) {
      for (end = 1; end < line.size() && line[end] != '"'; ++end) end += line[end] == '\\';
      Must(end < line.size(), "a quoted value ends", line);
      Must(Json::accept(line.substr(0, ++end)), "a quoted value is a JSON string", line);
    }
    line = end >= line.size() ? "" : line.substr(end + 1);
  }
}

void CheckLog(const Report& report, const Report* before) {
  for (const LogRecord& record : RecordsOf(before, report)) {
    const std::string json = FormatLogRecord(record, report.taken_at, LogFormat::kJson);
    const std::string logfmt = FormatLogRecord(record, report.taken_at, LogFormat::kLogfmt);
    for (const std::string& line : {json, logfmt})
      Must(HasNoControls(line) && !absl::StrContains(line, '\n') && !absl::StrContains(line, '\x1b'),
           "a record of the log is one line of text", line);
    Must(Json::accept(json), "a record of the log is JSON", json);
    CheckLogfmt(logfmt);
  }
}

}  // namespace

void CheckOutputs(const Report& report, const Report* before, const PersistentState& kept) {
  SeriesFrom(RenderMetrics({report, ProcessStats(), PeerDetail::kAll}));
  CheckJson(ReportJson(report, "0.1.0"));
  MustBeHtml(StatusPage(report, {.telemetry_path = "/metrics", .now = report.taken_at + absl::Seconds(1)}));
  const std::string terminal = ReportText(report, false);
  Must(HasNoControls(terminal) && !absl::StrContains(terminal, '\x1b'), "a terminal gets nothing but text", terminal);
  Must(HasNoControls(ReportText(report, true)), "a terminal gets text and colours");
  CheckLog(report, before);
  const std::string state = StateText(kept, "boot");
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(state, "boot");
  Must(again.ok(), "a state that was written can be read", again.status().ToString());
  Must(StateText(*again, "boot") == state, "a state that was read is written as it was", state);
}

}  // namespace caliwatch
