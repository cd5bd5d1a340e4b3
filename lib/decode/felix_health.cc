// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/felix_health.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

constexpr size_t kMostComponents = 64;  // Felix has about ten
constexpr size_t kMostCellBytes = 500;
constexpr int kMostColumns = 32;

// One answer, behind the line with its URL.
struct Answer {
  absl::string_view url;
  int code = 0;
  absl::string_view body = {};
};

// Cuts off the first line, without its end.
absl::string_view TakeLine(absl::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const absl::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return absl::StripSuffix(line, "\r");
}

absl::Status NotFelix(absl::string_view url, absl::string_view line) {
  return absl::NotFoundError(
      absl::StrCat(url, " answers '", absl::CHexEscape(line.substr(0, 80)), "': that is not Felix"));
}

// "HTTP/1.0 503 Service Unavailable"; 0: it is none.
int CodeFrom(absl::string_view line) {
  int code = 0;
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 2));
  const bool valid = words.size() > 1 && absl::StartsWith(words[0], "HTTP/") && absl::SimpleAtoi(words[1], &code);
  return valid ? code : 0;
}

absl::StatusOr<Answer> AnswerFrom(absl::string_view url, absl::string_view text) {
  Answer answer{.url = url};
  const absl::string_view status_line = TakeLine(text);
  answer.code = CodeFrom(status_line);
  if (answer.code != 200 && answer.code != 204 && answer.code != 503) return NotFelix(url, status_line);
  uint64_t length = 0;
  bool has_length = false, in_chunks = false;
  for (;;) {
    if (text.empty()) return absl::DataLossError(absl::StrCat(url, " hung up in its headers"));
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(TakeLine(text), absl::MaxSplits(':', 1));
    if (header.first.empty()) break;
    const absl::string_view value = absl::StripAsciiWhitespace(header.second);
    if (absl::EqualsIgnoreCase(header.first, "Content-Length")) has_length = absl::SimpleAtoi(value, &length);
    in_chunks |= absl::EqualsIgnoreCase(header.first, "Transfer-Encoding");
  }
  if (has_length && text.size() < length)
    return absl::DataLossError(absl::StrCat(url, " hung up after ", text.size(), " of ", length, " bytes"));
  // Nobody may answer HTTP/1.0 in chunks: the code holds, and rows that are cut anywhere would give false names.
  if (!in_chunks) answer.body = text;
  return answer;
}

constexpr absl::string_view kHeads[] = {"COMPONENT", "LIVENESS", "READINESS", "DETAIL"};
enum Column { kComponent, kLiveness, kReadiness, kDetail };

using Cells = std::vector<absl::string_view>;

// Of a row; empty: the line is none. What follows the last but one bar belongs to the last cell, which may hold bars.
Cells CellsOf(absl::string_view line, int columns) {
  line = absl::StripAsciiWhitespace(line);
  if (!absl::ConsumePrefix(&line, "|") || !absl::ConsumeSuffix(&line, "|")) return {};
  Cells cells = absl::StrSplit(line, absl::MaxSplits('|', columns - 1));
  for (absl::string_view& cell : cells) cell = absl::StripAsciiWhitespace(cell).substr(0, kMostCellBytes);
  return cells;
}

// Where each of kHeads stands, in a row that holds them all.
std::optional<std::array<size_t, std::size(kHeads)>> PlacesIn(const Cells& row) {
  std::array<size_t, std::size(kHeads)> places{};
  for (size_t head = 0; head < places.size(); ++head) {
    const auto found = std::find(row.begin(), row.end(), kHeads[head]);
    if (found == row.end()) return std::nullopt;
    places[head] = static_cast<size_t>(found - row.begin());
  }
  return places;
}

// "reporting ready", "reporting non-ready", "timed out", "-".
std::optional<bool> Reported(absl::string_view cell) {
  if (cell == "timed out" || absl::StartsWith(cell, "reporting non-")) return false;
  return absl::StartsWith(cell, "reporting ") ? std::optional(true) : std::nullopt;
}

void AppendDetail(absl::string_view cell, FelixComponent& component) {
  if (cell.empty() || component.detail.size() + cell.size() > kMostCellBytes) return;
  absl::StrAppend(&component.detail, component.detail.empty() ? "" : " ", cell);
}

std::vector<FelixComponent> ComponentsFrom(absl::string_view table) {
  std::vector<FelixComponent> components;
  std::optional<std::array<size_t, std::size(kHeads)>> places;
  int columns = kMostColumns;  // until the heads tell
  while (!table.empty()) {
    const Cells cells = CellsOf(TakeLine(table), columns);
    if (cells.empty()) continue;
    if (!places) {
      places = PlacesIn(cells);
      if (places) columns = static_cast<int>(cells.size());
      continue;
    }
    if (cells.size() != static_cast<size_t>(columns)) continue;
    const auto cell = [&](Column column) { return cells[(*places)[column]]; };
    if (!cell(kComponent).empty()) {
      if (components.size() == kMostComponents) break;
      components.push_back({.name = std::string(cell(kComponent)),
                            .live = Reported(cell(kLiveness)),
                            .ready = Reported(cell(kReadiness)),
                            .timed_out = cell(kLiveness) == "timed out" || cell(kReadiness) == "timed out"});
    }
    if (!components.empty()) AppendDetail(cell(kDetail), components.back());
  }
  return components;
}

// Where a component stands in one table only, Felix has just made it or done with it.
std::vector<FelixComponent> Merged(std::vector<FelixComponent> live, const std::vector<FelixComponent>& ready) {
  for (FelixComponent& component : live) component.ready.reset();
  for (const FelixComponent& other : ready) {
    const auto same = std::find_if(live.begin(), live.end(),
                                   [&](const FelixComponent& component) { return component.name == other.name; });
    if (same == live.end()) continue;
    same->ready = other.ready;
    same->timed_out |= other.timed_out;
  }
  return live;
}

}  // namespace

absl::StatusOr<FelixHealth> FelixHealthFrom(absl::string_view text) {
  const absl::string_view ready_url = TakeLine(text);
  const std::string live_url = absl::StrCat(absl::StripSuffix(ready_url, "/readiness"), "/liveness");
  const std::string head = absl::StrCat("\n", live_url, "\n");
  const size_t second = text.rfind(head);
  if (second == absl::string_view::npos) return absl::DataLossError("Felix' second answer is not there");
  const absl::StatusOr<Answer> ready = AnswerFrom(ready_url, text.substr(0, second));
  if (!ready.ok()) return ready.status();
  const absl::StatusOr<Answer> live = AnswerFrom(live_url, text.substr(second + head.size()));
  if (!live.ok()) return live.status();
  return FelixHealth{.live = live->code != 503,
                     .ready = ready->code != 503,
                     .components = Merged(ComponentsFrom(live->body), ComponentsFrom(ready->body))};
}

}  // namespace caliwatch
