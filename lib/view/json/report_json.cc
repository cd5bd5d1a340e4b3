// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/report_json.h"

#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/view/finding_words.h"
#include "lib/view/json/json_values.h"
#include "lib/view/json/this_node_json.h"
#include "lib/view/summary.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

template <class Value>
Json OrNull(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json RecoveryJson(const std::optional<GracefulRestartWait>& recovery) {
  if (!recovery) return {};
  return {{"pending_protocols", recovery->pending_protocols},
          {"wait_remaining_seconds", absl::ToDoubleSeconds(recovery->wait_remaining)},
          {"wait_total_seconds", absl::ToDoubleSeconds(recovery->wait_total)}};
}

Json KernelProtocolJson(const BirdProtocol& kernel) {
  Json json{{"exported", kernel.routes ? Json(kernel.routes->exported) : Json()}, {"export_updates", Json()}};
  if (kernel.exports)
    json["export_updates"] = {{"offered", kernel.exports->offered},
                              {"rejected", kernel.exports->rejected},
                              {"filtered", kernel.exports->filtered},
                              {"accepted", kernel.exports->accepted}};
  return json;
}

// Of what is told of a BIRD and its peers, which may be older than the rest.
Json ReadAt(const BirdReport& bird) {
  return bird.reading && bird.reading->last_good ? When(*bird.reading->last_good) : Json();
}

Json BirdsJson(const Report& report) {
  Json birds = Json::array();
  for (Family family : kFamilies) {
    const BirdReport& bird = report.birds[family];
    if (!bird.expected) continue;
    const auto& status = report.birds[family].status;
    Json json{{"family", Text(ToString(family))},
              {"error", ErrorOrNull(bird.reading ? bird.reading->status : status.status())}};
    json["read_at"] = ReadAt(bird);
    json["version"] = status.ok() ? Text(status->version) : Json();
    json["router_id"] = status.ok() ? Text(status->router_id) : Json();
    json["started_at"] = bird.started ? When(*bird.started) : Json();
    json["kernel_protocol"] = bird.kernel_protocol ? KernelProtocolJson(*bird.kernel_protocol) : Json();
    json["recovery"] = status.ok() ? RecoveryJson(status->recovery) : Json();
    birds.push_back(std::move(json));
  }
  return birds;
}

Json ComponentsJson(const FelixHealth& health) {
  Json components = Json::array();
  for (const FelixComponent& component : health.components)
    components.push_back({{"component", component.name},
                          {"live", OrNull(component.live)},
                          {"ready", OrNull(component.ready)},
                          {"timed_out", component.timed_out},
                          {"detail", TextOrNull(component.detail)}});
  return components;
}

Json FelixJson(const FelixReport& felix) {
  if (!felix.reading) return {};
  const auto& health = felix.health;
  const bool answers = felix.reading->status.ok() && health.ok();
  return {{"error", ErrorOrNull(felix.reading->status)},
          {"live", answers ? Json(health->live) : Json()},
          {"ready", answers ? Json(health->ready) : Json()},
          {"since", When(felix.since)},
          {"components", answers ? ComponentsJson(*health) : Json()}};
}

Json RoutesJson(const PeerReport& report) {
  const auto& routes = report.peer.routes;
  return {{"imported", routes ? Json(routes->imported) : Json()},
          {"exported", routes ? Json(routes->exported) : Json()},
          {"preferred", routes ? Json(routes->preferred) : Json()},
          {"in_kernel", OrNull(report.kernel_routes)}};
}

Json PeerJson(const PeerReport& report, const BirdReport& bird) {
  const BgpPeer& peer = report.peer;
  return {{"family", Text(ToString(report.family))},
          {"peer", peer.address ? Text(peer.address->ToString()) : Json()},
          {"kind", Text(ToString(peer.kind))},
          {"protocol", peer.name},
          {"up", peer.IsUp()},
          {"state", TextOrNull(peer.bgp_state_text)},
          {"protocol_state", Text(ToString(peer.state))},
          {"since", report.since ? When(*report.since) : Json()},
          {"cause", TextOrNull(ToString(report.diagnosis.cause))},
          {"detail", TextOrNull(report.diagnosis.detail)},
          {"error", TextOrNull(peer.error.text)},
          {"last_error", TextOrNull(peer.last_error.text)},
          {"description", TextOrNull(peer.description)},
          {"flaps", report.flaps},
          {"remote_as", OrNull(peer.remote_as)},
          {"routes", RoutesJson(report)},
          {"read_at", ReadAt(bird)}};
}

Json EffectsJson(const CauseWithEffects& found) {
  Json effects = Json::array();
  for (const CauseWithEffects& effect : found.effects)
    effects.push_back({{"check", Text(effect.check->name)},
                       {"subject", effect.open->subject},
                       {"detail", effect.open->finding.detail}});
  return effects;
}

Json CommandsJson(const Finding& finding) {
  Json commands = Json::array();
  for (const Command& command : finding.commands)
    commands.push_back({{"line", command.line}, {"changes", command.changes}, {"where", TextOrNull(command.where)}});
  return commands;
}

// Whoever reads the remedy alone, as it was before there were commands, must not miss what to type.
std::string RemedyAndLines(const CauseWithEffects& found) {
  std::string text(found.remedy());
  for (const Command& command : found.open->finding.commands) absl::StrAppend(&text, "\n", command.line);
  return text;
}

Json FindingJson(const CauseWithEffects& found) {
  return {{"severity", Text(ToString(found.check->severity))},
          {"check", Text(found.check->name)},
          {"subject", found.open->subject},
          {"detail", found.open->finding.detail},
          {"since", When(found.open->since)},
          {"summary", Text(found.check->summary)},
          {"impact", Text(found.impact())},
          {"headline", HeadlineText(found)},
          {"remedy", RemedyAndLines(found)},
          {"commands", CommandsJson(found.open->finding)},
          {"effects", EffectsJson(found)},
          {"unlisted_effects", found.unlisted_effects()}};
}

// One for each that the verdict counts.
Json ProblemsJson(const Summary& summary) {
  Json problems = Json::array();
  for (const FindingGroup& group : summary.groups) {
    Json subjects = Json::array();
    for (const CauseWithEffects* found : group.findings) subjects.push_back(found->open->subject);
    problems.push_back({{"severity", Text(ToString(group.check->severity))},
                        {"check", Text(group.check->name)},
                        {"headline", HeadlineText(group)},
                        {"since", When(group.since())},
                        {"subjects", subjects},
                        {"unlisted_subjects", group.unlisted}});
  }
  return problems;
}

Json ChecksJson(const Report& report) {
  Json checks = Json::array();
  for (const Verdict& verdict : report.verdicts)
    checks.push_back({{"check", Text(verdict.check->name)},
                      {"judged", verdict.judged.ok()},
                      {"error", ErrorOrNull(verdict.judged)},
                      {"findings", verdict.RootCauses()},
                      {"unlisted_findings", verdict.unlisted_causes}});
  return checks;
}

Json SourcesJson(const Report& report) {
  Json sources = Json::array();
  for (const SourceStatus& reading : report.sources)
    sources.push_back({{"source", Text(reading.name)},
                       {"error", ErrorOrNull(reading.status)},
                       {"last_read_at", reading.last_good ? When(*reading.last_good) : Json()},
                       {"read_seconds", absl::ToDoubleSeconds(reading.took)}});
  return sources;
}

Json BlockingJson(const std::vector<BlockingPeer>& peers) {
  Json blocking = Json::array();
  for (const BlockingPeer& peer : peers)
    blocking.push_back({{"peer", peer.address},
                        {"kind", Text(ToString(peer.kind))},
                        {"protocol", peer.protocol},
                        {"passive", peer.passive}});
  return blocking;
}

Json EpisodeJson(const EpisodeSummary& summary) {
  Json phases = Json::object(), waits = Json::array();
  for (const auto& [phase, took] : summary.phases) phases[std::string(ToString(phase))] = absl::ToDoubleSeconds(took);
  for (const WaitedFor& peer : summary.blocking_peers)
    waits.push_back({{"protocol", peer.protocol}, {"seconds", absl::ToDoubleSeconds(peer.time)}});
  return {{"ended_at", When(summary.ended_at)},
          {"outcome", summary.converged ? "converged" : "incomplete"},
          {"duration_seconds", absl::ToDoubleSeconds(summary.duration())},
          {"phase_seconds", phases},
          {"waited_for", waits},
          {"restarts", summary.restarts},
          {"route_gap_seconds", absl::ToDoubleSeconds(summary.gap.longest)}};
}

Json ConvergenceJson(const Report& report) {
  Json families = Json::array();
  for (const Family family : kFamilies) {
    if (!report.birds[family].expected) continue;
    const ConvergenceReport& convergence = report.birds[family].convergence;
    Json past = Json::array();
    for (auto episode = convergence.past.rbegin(); episode != convergence.past.rend(); ++episode)
      past.push_back(EpisodeJson(*episode));
    families.push_back({{"family", Text(ToString(family))},
                        {"phase", Text(ToString(convergence.phase))},
                        {"elapsed_seconds", absl::ToDoubleSeconds(convergence.elapsed)},
                        {"blocking_peers", BlockingJson(convergence.blocking_peers)},
                        {"missing_routes", convergence.missing_routes},
                        {"route_gap_seconds", absl::ToDoubleSeconds(convergence.gap.longest)},
                        {"past", past}});
  }
  return families;
}

Json AddressOrNull(const std::optional<IpAddress>& address) { return address ? Text(address->ToString()) : Json(); }

Json NodeJson(const RemoteNode& node) {
  Json blocks = Json::array(), lacks = Json::array(), by = Json::array();
  for (const Prefix& block : node.first_blocks) blocks.push_back(block.ToString());
  for (const NodeLack lack : node.lacks) lacks.push_back(Text(ToString(lack)));
  if (node.by_bird) by.push_back("bird");
  if (node.by_felix) by.push_back("felix");
  return {{"family", Text(ToString(node.family))},
          {"address", AddressOrNull(node.address)},
          {"tunnel_address", AddressOrNull(node.tunnel_address)},
          {"way", Text(ToString(node.way))},
          {"interface", TextOrNull(node.interface)},
          {"programmed_by", by},
          {"protocol", TextOrNull(node.protocol)},
          {"blocks", node.blocks},
          {"first_blocks", blocks},
          {"host_routes", node.hosts},
          {"lacks", lacks}};
}

// Null where it could not be read.
Json NodesJson(const Report& report) {
  if (!report.remote_nodes.ok()) return {};
  Json nodes = Json::array();
  for (const RemoteNode& node : report.remote_nodes->rows) nodes.push_back(NodeJson(node));
  return nodes;
}

// Null where it could not be read.
Json WatchedJson(const Report& report) {
  if (!report.watched_routes.ok()) return {};
  Json routes = Json::array();
  for (const WatchedRoute& route : *report.watched_routes) {
    Json hops = Json::array();
    for (const WatchedHop& hop : route.hops)
      hops.push_back({{"gateway", AddressOrNull(hop.gateway)}, {"interface", TextOrNull(hop.interface)}});
    routes.push_back({{"prefix", route.prefix.ToString()},
                      {"present", route.present},
                      {"since", When(route.since)},
                      {"changed", route.since_is_known},
                      {"type", TextOrNull(route.type)},
                      {"protocol", TextOrNull(route.protocol)},
                      {"peer", TextOrNull(route.peer)},
                      {"next_hops", route.all_hops},
                      {"first_next_hops", hops}});
  }
  return routes;
}

Json TrafficJson(const Report& report) {
  Json links = Json::array();
  for (const LinkTraffic& traffic : report.traffic)
    links.push_back({{"interface", traffic.name},
                     {"kind", Text(ToString(traffic.role))},
                     {"received_packets", traffic.total.received_packets},
                     {"sent_packets", traffic.total.sent_packets},
                     {"received_per_second", OrNull(traffic.received_per_second)},
                     {"sent_per_second", OrNull(traffic.sent_per_second)},
                     {"send_errors", traffic.total.send_errors},
                     {"unanswered_seconds", absl::ToDoubleSeconds(traffic.unanswered)}});
  return links;
}

Json RecurringJson(const Report& report) {
  Json routes = Json::array();
  for (const RecurringRoute& row : report.recurring_routes)
    routes.push_back({{"destination", row.route.destination.ToString()},
                      {"protocol", Text(ToString(row.route.owner))},
                      {"metric", row.route.metric},
                      {"returns", row.returns}});
  return routes;
}

Json PastFindingsJson(const Report& report) {
  Json past = Json::array();
  for (const PastFinding& finding : report.past_findings)
    past.push_back({{"check", Text(finding.check->name)},
                    {"subject", finding.subject},
                    {"detail", finding.detail},
                    {"since", When(finding.since)},
                    {"until", When(finding.until)}});
  return past;
}

}  // namespace

std::string ReportJson(const Report& report, absl::string_view version) {
  const Summary summary = Summarize(report);
  const auto& node = report.node_name;
  Json json{{"format", 1},
            {"outcome", Text(ToString(summary.outcome))},
            {"node", node.ok() ? Json(*node) : Json()},
            {"taken_at", When(report.taken_at)},
            {"birds", BirdsJson(report)},
            {"peers", Json::array()},
            {"findings", Json::array()},
            {"checks", ChecksJson(report)},
            {"sources", SourcesJson(report)}};
  json["version"] = TextOrNull(version);
  json["verdict"] = VerdictText(summary);
  json["problems"] = ProblemsJson(summary);
  json["this_node"] = ThisNodeJson(report);
  json["felix"] = FelixJson(report.felix);
  json["convergence"] = ConvergenceJson(report);
  json["cni_kubeconfig_written_at"] = report.cni_kubeconfig.ok() ? When(report.cni_kubeconfig->written) : Json();
  json["remote_nodes"] = NodesJson(report);
  json["watched_routes"] = WatchedJson(report);
  json["traffic"] = TrafficJson(report);
  json["recurring_routes"] = RecurringJson(report);
  json["past_findings"] = PastFindingsJson(report);
  for (const PeerReport& peer : report.peers) json["peers"].push_back(PeerJson(peer, report.birds[peer.family]));
  for (const CauseWithEffects& cause : summary.causes) json["findings"].push_back(FindingJson(cause));
  return Printed(json, 2);
}

}  // namespace caliwatch
