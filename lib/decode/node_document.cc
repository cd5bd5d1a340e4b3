// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/node_document.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <nlohmann/json.hpp>

#include "lib/decode/json_document.h"
#include "lib/decode/json_fields.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr int kMostDepth = 8;  // an address of a tunnel is the fourth

bool IsTold(const JsonFields& fields, const char* key) { return !fields.Find(key).IsNull(); }

// Bounded, since many of them are kept.
std::string Text(const JsonFields& fields, const char* key) {
  std::string text = fields.Text(key);
  if (text.size() <= kMostBytesOfText) return text;
  fields.Fail(key, "is too long a text");
  return "";
}

std::string OneOf(const JsonFields& fields, const char* key, std::initializer_list<absl::string_view> words) {
  std::string text = Text(fields, key);
  if (std::find(words.begin(), words.end(), text) == words.end())
    fields.Fail(key, "is none of the words that it may be");
  return text;
}

std::vector<JsonFields> Rows(const JsonFields& fields, const char* key) {
  const JsonValue list = fields.Find(key);
  if (!list.Is(JsonType::kList) || list.Items().size() <= kMostRowsOfDocument) return fields.Objects(key);
  fields.Fail(key, "is too long a list");
  return {};
}

std::optional<uint32_t> Number(const JsonFields& fields, const char* key) {
  if (!IsTold(fields, key)) return std::nullopt;
  const uint64_t number = fields.Unsigned(key);
  if (number <= std::numeric_limits<uint32_t>::max()) return static_cast<uint32_t>(number);
  fields.Fail(key, "is too large a number");
  return std::nullopt;
}

Family FamilyOf(const JsonFields& fields) {
  return OneOf(fields, "family", {"ipv4", "ipv6"}) == "ipv6" ? Family::kIpv6 : Family::kIpv4;
}

absl::Time Time(const JsonFields& fields, const char* key) {
  const std::optional<absl::Time> time = fields.Time(key);
  if (!time) fields.Fail(key, "is no time");
  return time.value_or(absl::UnixEpoch());
}

// From then until the node was looked at. A clock that was set back meanwhile makes nothing negative.
absl::Duration Lasted(absl::Time since, absl::Time taken_at) {
  return std::max(taken_at - since, absl::ZeroDuration());
}

template <class Row>
std::vector<Row> RowsFrom(const JsonFields& fields, const char* key, Row (*from)(const JsonFields&)) {
  std::vector<Row> rows;
  for (const JsonFields& row : Rows(fields, key)) rows.push_back(from(row));
  return rows;
}

template <class Row>
std::optional<std::vector<Row>> RowsIfTold(const JsonFields& fields, const char* key, Row (*from)(const JsonFields&)) {
  if (!IsTold(fields, key)) return std::nullopt;
  return RowsFrom(fields, key, from);
}

ToldAddress AddressFrom(const JsonFields& row) {
  ToldAddress own{.address = {}, .interface = Text(row, "interface"), .is_tunnel = row.Flag("is_tunnel")};
  own.mtu = Number(row, "mtu");
  if (const auto address = row.Address("address"))
    own.address = *address;
  else
    row.Fail("address", "is missing");
  return own;
}

ToldTunnel TunnelFrom(const JsonFields& row) {
  ToldTunnel tunnel{.interface = Text(row, "interface"), .way = Text(row, "way"), .up = row.Flag("up")};
  tunnel.mtu = Number(row, "mtu");
  if (IsTold(row, "mac")) tunnel.mac = Text(row, "mac");
  row.AppendAddresses("addresses", tunnel.addresses);
  if (tunnel.addresses.size() > kMostRowsOfDocument) row.Fail("addresses", "is too long a list");
  return tunnel;
}

ToldNode OtherNodeFrom(const JsonFields& row) {
  return {.family = FamilyOf(row),
          .address = row.Address("address"),
          .tunnel_address = row.Address("tunnel_address"),
          .way = Text(row, "way"),
          .blocks = Number(row, "blocks").value_or(0)};
}

std::optional<ToldBird> BirdFrom(const JsonFields& birds, const char* family) {
  if (!IsTold(birds, family)) return std::nullopt;
  const JsonFields bird = birds.At(family);
  return ToldBird{bird.Flag("answers"), Text(bird, "version"), Text(bird, "router_id")};
}

ToldSession SessionFrom(const JsonFields& row, absl::Time taken_at) {
  ToldSession session{.family = FamilyOf(row),
                      .protocol = Text(row, "protocol"),
                      .kind = Text(row, "kind"),
                      .peer = row.Address("peer"),
                      .local = row.Address("local"),
                      .peer_as = Number(row, "peer_as"),
                      .local_as = Number(row, "local_as"),
                      .up = row.Flag("up"),
                      .state = Text(row, "state"),
                      .passive = row.Flag("passive")};
  if (const auto hold = Number(row, "hold_seconds")) session.hold = absl::Seconds(*hold);
  if (IsTold(row, "since")) session.lasted = Lasted(Time(row, "since"), taken_at);
  return session;
}

ToldFinding FindingFrom(const JsonFields& row, absl::Time taken_at) {
  return {.severity = OneOf(row, "severity", {"critical", "warning", "info"}),
          .check = Text(row, "check"),
          .subject = Text(row, "subject"),
          .lasted = Lasted(Time(row, "since"), taken_at),
          .effects = row.Unsigned("effects")};
}

void TakeBlocks(const JsonFields& fields, NodeDocument& document) {
  if (!IsTold(fields, "blocks")) return;
  document.blocks.emplace();
  for (const std::string& text : fields.Texts("blocks")) {
    const absl::StatusOr<Prefix> block = Prefix::Parse(text);
    if (block.ok() && document.blocks->size() < kMostRowsOfDocument)
      document.blocks->push_back(*block);
    else
      fields.Fail("blocks", block.ok() ? "is too long a list" : "holds what is no block of addresses");
  }
}

ToldBehaviour BehaviourFrom(const JsonFields& fields) {
  ToldBehaviour behaviour{.pod_route_metric = Number(fields, "pod_route_metric"),
                          .rp_filter = Number(fields, "rp_filter"),
                          .neighbor_limit = {}};
  if (IsTold(fields, "endpoint_files"))
    behaviour.endpoint_files = OneOf(fields, "endpoint_files", {"none", "empty", "named"});
  for (const Family family : kFamilies)
    behaviour.neighbor_limit[family] = Number(fields.At("neighbor_limit"), family == Family::kIpv4 ? "ipv4" : "ipv6");
  if (!IsTold(fields, "block_routes_by")) return behaviour;
  const std::string makers = absl::StrJoin(fields.Texts("block_routes_by"), "+");
  if (makers.size() > kMostBytesOfText)
    fields.Fail("block_routes_by", "is too long a list");
  else
    behaviour.block_routes_by = makers;
  return behaviour;
}

void TakeWhatItIs(const JsonFields& fields, NodeDocument& document) {
  document.node = Text(fields, "node");
  document.taken_at = Time(fields, "taken_at");
  document.booted = Time(fields, "booted_at");
  document.version = Text(fields.At("versions"), "caliwatch");
  document.kernel = Text(fields.At("versions"), "kernel");
  for (const Family family : kFamilies) {
    const char* key = family == Family::kIpv4 ? "ipv4" : "ipv6";
    document.address[family] = fields.At("addresses").Address(key);
    document.birds[family] = BirdFrom(fields.At("birds"), key);
  }
  document.workload_mtu = Number(fields, "workload_mtu");
  document.behaviour = BehaviourFrom(fields.At("behaviour"));
  document.as = Number(fields, "as");
  document.outcome = OneOf(fields, "outcome", {"clean", "findings", "cannot_judge", "starting"});
  if (!IsTold(fields, "workloads")) return;
  const JsonFields workloads = fields.At("workloads");
  document.workloads = ToldWorkloads{workloads.Unsigned("addresses"), Text(workloads, "digest")};
}

void TakeLists(const JsonFields& fields, NodeDocument& document) {
  document.own_addresses = RowsIfTold(fields, "own_addresses", AddressFrom);
  document.tunnels = RowsIfTold(fields, "tunnels", TunnelFrom);
  document.others = RowsIfTold(fields, "other_nodes", OtherNodeFrom);
  for (const JsonFields& row : Rows(fields, "sessions"))
    document.sessions.push_back(SessionFrom(row, document.taken_at));
  for (const JsonFields& row : Rows(fields, "findings"))
    document.findings.push_back(FindingFrom(row, document.taken_at));
  const JsonFields unlisted = fields.At("unlisted");
  document.more_own_addresses = unlisted.Unsigned("own_addresses");
  document.more_sessions = unlisted.Unsigned("sessions");
  document.more_others = unlisted.Unsigned("other_nodes");
  document.more_findings = unlisted.Unsigned("findings");
}

}  // namespace

absl::StatusOr<NodeDocument> NodeDocumentFrom(absl::string_view text) {
  Json json;
  if (const absl::Status parsed = ParseJson(text, kMostDepth, json); !parsed.ok()) return parsed;
  absl::Status status;
  const JsonFields fields(json, status);
  if (fields.Number("format") != 1)
    return absl::InvalidArgumentError("it is no answer of an agent that this version understands: its format is not 1");
  NodeDocument document;
  TakeWhatItIs(fields, document);
  TakeLists(fields, document);
  TakeBlocks(fields, document);
  if (!status.ok()) return status;
  return document;
}

}  // namespace caliwatch
