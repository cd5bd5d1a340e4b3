// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/cluster_json.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "lib/view/cluster_words.h"
#include "lib/view/json/json_values.h"

namespace caliwatch {
namespace {

constexpr size_t kMostNames = 100;  // of the nodes that a row is about

Json NamesJson(const std::vector<std::string>& names) {
  Json list = Json::array();
  for (size_t i = 0; i < std::min(names.size(), kMostNames); ++i) list.push_back(Text(names[i]));
  return list;
}

Json FindingJson(const OpenClusterFinding& open) {
  Json commands = Json::array();
  for (const Command& command : open.finding.commands)
    commands.push_back(
        {{"line", Text(command.line)}, {"changes", command.changes}, {"where", TextOrNull(command.where)}});
  return {{"severity", Text(ToString(open.check->severity))},
          {"check", Text(open.check->name)},
          {"subject", Text(open.finding.subject)},
          {"detail", Text(open.finding.detail)},
          {"nodes", NamesJson(open.finding.nodes)},
          {"since", When(open.since)},
          {"sure", open.sure},
          {"caused", open.caused},
          {"impact", Text(open.check->impact)},
          {"remedy", Text(open.check->remedy)},
          {"commands", std::move(commands)},
          {"explained_findings", open.effects},
          {"explained_nodes", open.effect_nodes}};
}

Json NodesFindingJson(const NodesFinding& found) {
  return {{"severity", Text(found.severity)},
          {"check", Text(found.check)},
          {"findings", found.findings},
          {"node_count", found.nodes.size()},
          {"nodes", NamesJson(found.nodes)}};
}

Json NodeJson(const NodeRow& row) {
  const bool known = row.answered.ok();
  const auto number = [&](size_t count) { return known ? Json(count) : Json(); };
  return {{"node", Text(row.name)},
          {"agent", Text(row.agent)},
          {"error", known ? Json() : Text(row.answered.message())},
          {"outcome", TextOrNull(row.outcome)},
          {"critical", number(row.critical)},
          {"warnings", number(row.warnings)},
          {"notes", number(row.notes)},
          {"worst", TextOrNull(row.worst)},
          {"sessions", number(row.sessions)},
          {"sessions_up", number(row.sessions_up)},
          {"blocks", row.blocks ? Json(*row.blocks) : Json()},
          {"workload_addresses", row.workloads ? Json(*row.workloads) : Json()},
          {"version", TextOrNull(row.version)}};
}

Json DifferenceJson(const Difference& difference) {
  Json values = Json::array();
  for (const ToldValue& value : difference.values)
    values.push_back(
        {{"value", Text(value.value)}, {"node_count", value.nodes.size()}, {"nodes", NamesJson(value.nodes)}});
  return {{"trait", Text(difference.trait)}, {"values", std::move(values)}};
}

template <class Rows, class Make>
Json ListJson(const Rows& rows, Make make) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(make(row));
  return list;
}

}  // namespace

std::string ClusterJson(const ClusterReport& report) {
  const Json json{{"format", 1},
                  {"seen_at", When(report.at)},
                  {"outcome", Text(ToString(report.outcome()))},
                  {"verdict", Text(ClusterHeadline(report))},
                  {"tunnels_compared", report.tunnels_compared},
                  {"problems", ListJson(report.problems, Text)},
                  {"asked", report.nodes.size()},
                  {"answered", report.answered},
                  {"findings", ListJson(report.findings, FindingJson)},
                  {"unlisted_findings", report.unlisted},
                  {"nodes_findings", ListJson(report.nodes_findings, NodesFindingJson)},
                  {"nodes", ListJson(report.nodes, NodeJson)},
                  {"differences", ListJson(report.differences, DifferenceJson)}};
  return Printed(json, 1);
}

}  // namespace caliwatch
