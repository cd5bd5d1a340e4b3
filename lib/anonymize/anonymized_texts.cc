// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymized_texts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::ordered_json;

// "1006-", "0000 ", " ": what stands before a line's text (nest/cli.c).
absl::string_view TakeCode(absl::string_view& line) {
  const bool coded =
      line.size() >= 5 &&
      std::all_of(line.begin(), line.begin() + 4, [](unsigned char c) { return absl::ascii_isdigit(c); }) &&
      (line[4] == '-' || line[4] == ' ');
  const absl::string_view code = line.substr(0, coded ? 5 : 0);
  line.remove_prefix(code.size());
  return code;
}

// "1.6.8", "v0.3.3+birdv1.6.8", "2.0.12": digits, points, and the words that BIRD and Calico put before them.
bool IsVersion(absl::string_view text) {
  const std::string rest = absl::StrReplaceAll(text, {{"bird", ""}, {"v", ""}, {"+", ""}, {".", ""}});
  return std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsPrivateAs(uint32_t number) {
  return number == 0 || (number >= 64512 && number <= 65534) || (number >= 4200000000u && number <= 4294967294u);
}

// "    Neighbor AS:      65001".
std::string AsLine(absl::string_view line, const Anonymizer& anonymizer) {
  const size_t value = std::min(line.find_first_of("0123456789"), line.size());
  uint32_t number = 0;
  if (!absl::SimpleAtoi(line.substr(value), &number) || IsPrivateAs(number)) return anonymizer.Text(line);
  uint64_t other = 0;
  const std::string name = anonymizer.Name(absl::StrCat("AS", number)).substr(1);
  (void)absl::SimpleHexAtoi(name, &other);
  return absl::StrCat(anonymizer.Text(line.substr(0, value)), 4200000000u + other % 94967294u);
}

std::string AnswerLine(absl::string_view line, const Anonymizer& anonymizer) {
  const absl::string_view code = TakeCode(line);
  const bool version = absl::StartsWith(line, "BIRD ") && IsVersion(line.substr(5));
  if (version) return absl::StrCat(code, line);
  return absl::StrCat(code, absl::StrContains(line, "AS:") ? AsLine(line, anonymizer) : anonymizer.Text(line));
}

std::string Escaped(absl::string_view name) {
  return absl::StrReplaceAll(name, {{"%", "%25"}, {"/", "%2F"}, {" ", "%20"}});
}

// Go's url.PathEscape, undone for what it makes of these names.
std::string Unescaped(absl::string_view name) {
  return absl::StrReplaceAll(name, {{"%2F", "/"}, {"%2f", "/"}, {"%20", " "}, {"%25", "%"}});
}

std::string EndpointName(absl::string_view name, const Anonymizer& anonymizer) {
  return absl::StrJoin(absl::StrSplit(name, ' '), " ", [&](std::string* out, absl::string_view part) {
    const std::vector<std::string> names = absl::StrSplit(Unescaped(part), '/');
    absl::StrAppend(out, Escaped(absl::StrJoin(names, "/", [&](std::string* piece, absl::string_view each) {
                      absl::StrAppend(piece, anonymizer.Word(each));
                    })));
  });
}

// Strings as texts; numbers and switches stay. What is nested deeper than any of our files becomes null.
Json Mapped(const Json& json, const Anonymizer& anonymizer, int depth = 0) {
  if (depth > 16) return {};
  if (json.is_string()) return anonymizer.Text(json.get_ref<const std::string&>());
  if (json.is_array()) {
    Json list = Json::array();
    for (const Json& item : json) list.push_back(Mapped(item, anonymizer, depth + 1));
    return list;
  }
  if (!json.is_object()) return json;
  Json object = Json::object();
  for (const auto& [key, value] : json.items()) object[anonymizer.Text(key)] = Mapped(value, anonymizer, depth + 1);
  return object;
}

// Keys that caliwatch reads; those of others are left out.
std::string EndpointContent(absl::string_view content, const Anonymizer& anonymizer) {
  if (content.empty()) return "";
  const Json object = Json::parse(content.begin(), content.end(), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return "no JSON object";
  Json mapped = Json::object();
  for (const char* key : {"ifaceName", "mac", "ipv4Nets", "ipv6Nets", "bgpPeerName"})
    if (object.contains(key)) mapped[key] = Mapped(object[key], anonymizer);
  return mapped.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string StateHead(absl::string_view line, const Anonymizer& anonymizer) {
  const Json head = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  if (!head.is_object() || !head.contains("findings") || !head["findings"].is_array()) return "";
  Json mapped = Mapped(head, anonymizer);
  if (head.contains("boot_id") && head["boot_id"].is_string())
    mapped["boot_id"] = anonymizer.Name(head["boot_id"].get_ref<const std::string&>());
  // [check, subject, since]: the checks are ours.
  for (size_t i = 0; i < head["findings"].size(); ++i)
    if (const Json& row = head["findings"][i]; row.is_array() && !row.empty()) mapped["findings"][i][0] = row[0];
  return mapped.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Lines "PREFIX GATEWAY", sorted as a state's routes are. What is no such line is left out.
std::string StateRoutes(absl::string_view lines, const Anonymizer& anonymizer) {
  std::vector<std::pair<Prefix, IpAddress>> routes;
  for (const absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    const absl::StatusOr<Prefix> destination = Prefix::Parse(words.first);
    const absl::StatusOr<IpAddress> gateway = IpAddress::Parse(words.second);
    if (!destination.ok() || !gateway.ok()) continue;
    routes.emplace_back(anonymizer.addresses().Map(*destination), anonymizer.addresses().Map(*gateway));
  }
  std::sort(routes.begin(), routes.end());
  std::string text;
  for (const auto& [destination, gateway] : routes)
    absl::StrAppend(&text, destination.ToString(), " ", gateway.ToString(), "\n");
  return text;
}

}  // namespace

std::string AnonymizedAnswer(const Anonymizer& anonymizer, absl::string_view answer) {
  return absl::StrJoin(absl::StrSplit(answer, '\n'), "\n", [&](std::string* out, absl::string_view line) {
    absl::StrAppend(out, AnswerLine(line, anonymizer));
  });
}

NamedFile AnonymizedEndpoint(const Anonymizer& anonymizer, const NamedFile& file) {
  const std::string name = EndpointName(file.name, anonymizer);
  if (!file.content.ok()) return {name, anonymizer.Error(file.content.status())};
  return {name, EndpointContent(*file.content, anonymizer)};
}

std::string AnonymizedState(const Anonymizer& anonymizer, absl::string_view state) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(state, absl::MaxSplits('\n', 1));
  const std::string head = StateHead(parts.first, anonymizer);
  return head.empty() ? "" : absl::StrCat(head, "\n", StateRoutes(parts.second, anonymizer));
}

}  // namespace caliwatch
