// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/ipam_json.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "lib/ipam/commands.h"
#include "lib/view/json/json_values.h"

namespace caliwatch {
namespace {

constexpr size_t kListed = 1000;  // of one check
constexpr size_t kCommands = 3000;

Json TextsJson(const std::vector<std::string>& texts, size_t most) {
  Json list = Json::array();
  for (size_t i = 0; i < std::min(texts.size(), most); ++i) list.push_back(Text(texts[i]));
  return list;
}

Json FindingJson(const CheckInfo& check, const OpenIpamFinding& open) {
  return {{"severity", Text(ToString(check.severity))},
          {"check", Text(check.name)},
          {"subject", Text(open.finding.subject)},
          {"detail", Text(open.finding.detail)},
          {"node", TextOrNull(open.finding.node)},
          {"since", When(open.since)},
          {"sure", open.sure},
          {"commands", TextsJson(open.finding.commands, 20)},
          {"cause",
           open.cause ? Json({{"check", Text(open.cause->check)}, {"subject", Text(open.cause->subject)}}) : Json()},
          {"effects", open.effects}};
}

Json CheckJson(const IpamVerdict& verdict) {
  Json doubts = Json::array();
  for (const IpamDoubt& doubt : verdict.doubts)
    doubts.push_back({{"why", Text(doubt.why)},
                      {"count", doubt.count},
                      {"passes", doubt.passes},
                      {"subjects", TextsJson(doubt.subjects, kListed)}});
  return {{"check", Text(verdict.check->name)},
          {"judged", verdict.judged.ok()},
          {"applies", !absl::IsNotFound(verdict.judged)},
          {"error", ErrorOrNull(verdict.judged)},
          {"findings", verdict.RootCauses()},
          {"unlisted", verdict.unlisted + verdict.findings.size() - std::min(verdict.findings.size(), kListed)},
          {"doubts", doubts}};
}

Json EvidenceJson(const IpamReport& report) {
  Json list = Json::array();
  for (const EvidenceReading& reading : report.evidence) {
    const bool given = !absl::IsNotFound(reading.status);
    list.push_back({{"kind", Text(reading.kind)},
                    {"given", given},
                    {"rows", given ? Json(reading.rows) : Json()},
                    {"stale_rows", reading.stale},
                    {"unknown_rows", reading.unknown},
                    {"read_at", given ? When(reading.read_at) : Json()},
                    {"error", given ? ErrorOrNull(reading.status) : Json()}});
  }
  return list;
}

Json PoolsJson(const IpamReport& report) {
  Json list = Json::array();
  for (const PoolUse& use : report.pools)
    list.push_back({{"pool", Text(use.pool)},
                    {"cidr", use.cidr.ToString()},
                    {"gives_addresses", use.gives},
                    {"addresses", use.addresses},
                    {"recorded", use.used},
                    {"blocks", use.blocks},
                    {"taken_blocks", use.taken_blocks},
                    {"more_per_day", use.per_day ? Json(*use.per_day) : Json()},
                    {"full_in_seconds", use.full_in ? Json(absl::ToDoubleSeconds(*use.full_in)) : Json()}});
  return list;
}

Json HeadJson(const IpamReport& report) {
  return {{"format", 1}, {"seen_at", When(report.at)}, {"outcome", Text(ToString(report.outcome()))}};
}

}  // namespace

std::string IpamJson(const IpamReport& report) {
  Json json = HeadJson(report), findings = Json::array(), checks = Json::array(), releases = Json::array();
  for (const IpamVerdict& verdict : report.verdicts) {
    for (size_t i = 0; i < std::min(verdict.findings.size(), kListed); ++i)
      findings.push_back(FindingJson(*verdict.check, verdict.findings[i]));
    checks.push_back(CheckJson(verdict));
  }
  for (const IpamRelease& release : report.releases.addresses) releases.push_back(release.address.ToString());
  json["recorded_addresses"] = report.recorded;
  json["findings"] = std::move(findings);
  json["checks"] = std::move(checks);
  json["evidence"] = EvidenceJson(report);
  json["pools"] = PoolsJson(report);
  json["commands"] = TextsJson(CommandsOf(report), kCommands);
  json["safe_to_release"] = std::move(releases);
  return Printed(json, 2);
}

std::string AddressJson(const IpAddress& address, const std::vector<AddressFact>& facts, const IpamReport& report) {
  Json json = HeadJson(report), list = Json::array();
  for (const AddressFact& fact : facts) list.push_back({{"about", Text(fact.about)}, {"text", Text(fact.text)}});
  json["address"] = address.ToString();
  json["facts"] = std::move(list);
  return Printed(json, 2);
}

std::string ReleaseReportJson(const IpamReleases& releases) {
  Json allocations = Json::object(), handles = Json::array();
  for (const IpamRelease& release : releases.addresses) {
    const std::pair<std::string, std::string> pod = absl::StrSplit(release.pod, absl::MaxSplits('/', 1));
    const std::string address = release.address.ToString();
    Json one{{"ip", address}};
    const auto add = [&](const char* key, const std::string& value) {
      if (!value.empty()) one[key] = Text(value);
    };
    add("handle", release.handle);
    one["sequenceNumber"] = release.sequence;
    add("pod", pod.second);
    add("namespace", pod.first);
    add("node", release.node);
    add("type", release.type);
    if (release.assigned) one["creationTimestamp"] = When(*release.assigned);
    one["inUse"] = false;
    one["owners"] = Json();
    allocations[address] = Json::array({std::move(one)});
  }
  for (const HandleRelease& handle : releases.handles)
    handles.push_back({{"ID", Text(handle.id)}, {"UID", TextOrNull(handle.uid)}, {"Revision", Text(handle.revision)}});
  const Json json{{"version", Text(releases.calico_version)},
                  {"clusterGUID", Text(releases.cluster_guid)},
                  {"datastoreLocked", releases.datastore_locked},
                  {"clusterInformationRevision", Text(releases.cluster_info_revision)},
                  {"clusterType", Text(releases.cluster_type)},
                  {"allocations", std::move(allocations)},
                  {"leakedHandles", std::move(handles)}};
  return json.dump(2) + "\n";
}

}  // namespace caliwatch
