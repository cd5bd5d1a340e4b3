// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/path_json.h"

#include <nlohmann/json.hpp>

#include "lib/view/finding_words.h"
#include "lib/view/json/json_values.h"
#include "lib/view/path_words.h"

namespace caliwatch {
namespace {

Json CommandJson(const Command& command) {
  return {{"line", command.line}, {"changes", command.changes}, {"where", TextOrNull(command.where)}};
}

Json EndJson(const PathEnd& end) {
  return {{"name", end.name},
          {"address", end.address.ToString()},
          {"place", Text(ToString(end.place))},
          {"interface", TextOrNull(end.interface)},
          {"owner", TextOrNull(end.owner)}};
}

Json FindingJson(const HopFinding& found) {
  return {{"check", Text(found.check->name)},
          {"severity", Text(ToString(found.check->severity))},
          {"subject", found.open->subject},
          {"detail", found.open->finding.detail},
          {"since", When(found.open->since)},
          {"effect", Text(ToString(found.effect))},
          {"cause", found.cause == nullptr
                        ? Json()
                        : Json({{"check", Text(found.cause_check->name)}, {"subject", found.cause->subject}})}};
}

Json HopJson(const Hop& hop) {
  Json findings = Json::array();
  for (const HopFinding& found : hop.findings) findings.push_back(FindingJson(found));
  return {{"hop", Text(ToString(hop.kind))},
          {"verdict", Text(ToString(hop.verdict))},
          {"what", hop.what},
          {"why", TextOrNull(hop.why)},
          {"age_seconds", hop.age ? Json(absl::ToDoubleSeconds(*hop.age)) : Json()},
          {"findings", findings},
          {"elsewhere", hop.elsewhere ? CommandJson(*hop.elsewhere) : Json()}};
}

Json WayJson(const std::vector<Hop>& hops) {
  Json way = Json::array();
  for (const Hop& hop : hops) way.push_back(HopJson(hop));
  return way;
}

// Where the answer is, by its place in the way; null: nowhere.
Json PlaceJson(const Path& path, const PathAnswer& answer) {
  if (answer.hop == nullptr) return {};
  const std::vector<Hop>& way = answer.is_back ? path.back : path.there;
  return {{"way", answer.is_back ? "back" : "there"}, {"index", answer.hop - way.data()}};
}

Json PathJson(const Path& path) {
  const PathAnswer answer = AnswerOf(path);
  Json commands = Json::array();
  for (const Command& command : CommandsOf(answer)) commands.push_back(CommandJson(command));
  return {{"family", Text(ToString(path.family()))},
          {"from", EndJson(path.from)},
          {"to", EndJson(path.to)},
          {"verdict", Text(ToString(answer.verdict))},
          {"answer", AnswerText(path)},
          {"answer_hop", PlaceJson(path, answer)},
          {"remedy", TextOrNull(RemedyText(answer))},
          {"commands", commands},
          {"there", WayJson(path.there)},
          {"back", WayJson(path.back)}};
}

}  // namespace

std::string PathsJson(const std::vector<Path>& paths, const Report& report) {
  Json json{{"format", 1},
            {"node", report.node_name.ok() ? Text(*report.node_name) : Json()},
            {"taken_at", When(report.taken_at)},
            {"paths", Json::array()}};
  for (const Path& path : paths) json["paths"].push_back(PathJson(path));
  return Printed(json, 2);
}

}  // namespace caliwatch
