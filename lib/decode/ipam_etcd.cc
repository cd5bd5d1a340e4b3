// SPDX-License-Identifier: Apache-2.0

// Calico's own etcd: libcalico-go/lib/backend/model. Keys of v3 below /calico/ipam/v2 and /calico/resources/v3, and
// those of 2017 below /calico/v1 and /calico/bgp/v1, whose values are plain texts, too.

#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

#include "lib/decode/ipam_records.h"
#include "lib/decode/json_fields.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;
using Path = std::vector<std::string>;

// In which form a key has its value.
enum class Form { kNone, kSpec, kConfig, kObject, kOldPool, kOldEndpoint, kOldNodeAddress, kOldTunnelAddress };

// A key taken apart: which table it belongs to, the row's key there, and what the key itself says.
struct EtcdKey {
  Form form = Form::kNone;
  absl::string_view kind = "";
  std::string row = {}, node = {}, block = {}, pod = {};
  bool is_host = true;
};

// Blocks have '-' where the length begins; IPv6 addresses have none.
std::string BlockOf(const std::string& part) { return absl::StrReplaceAll(part, {{"-", "/"}}); }

absl::string_view ResourceKind(absl::string_view plural) {
  if (plural == "ippools") return "IPPool";
  if (plural == "ipreservations") return "IPReservation";
  if (plural == "nodes") return "Node";
  if (plural == "workloadendpoints") return "WorkloadEndpoint";
  if (plural == "clusterinformations") return "ClusterInformation";
  return "";
}

// "kube-system.dns-1": a namespace has no dots.
std::string PodOf(const std::string& workload) {
  const size_t dot = workload.find('.');
  return dot == std::string::npos ? workload : absl::StrCat(workload.substr(0, dot), "/", workload.substr(dot + 1));
}

EtcdKey IpamKey(const Path& path) {  // behind "ipam", "v2"
  if (path.size() == 4 && path[0] == "assignment" && path[2] == "block")
    return {.form = Form::kSpec, .kind = "IPAMBlock", .row = path[3], .block = BlockOf(path[3])};
  if (path.size() == 2 && path[0] == "handle") return {.form = Form::kSpec, .kind = "IPAMHandle", .row = path[1]};
  if (path.size() == 5 && (path[0] == "host" || path[0] == "virtual") && path[3] == "block")
    return {.form = Form::kSpec,
            .kind = "BlockAffinity",
            .row = absl::StrCat(path[0], "/", path[1], "/", path[4]),
            .node = path[1],
            .block = BlockOf(path[4]),
            .is_host = path[0] == "host"};
  if (path.size() == 1 && path[0] == "config") return {.form = Form::kConfig, .kind = "IPAMConfig", .row = "default"};
  return {};
}

EtcdKey OldKey(const Path& path) {  // behind "v1"
  if (path.size() == 4 && path[0] == "ipam" && path[2] == "pool")
    return {.form = Form::kOldPool, .kind = "IPPool", .row = path[3]};
  if (path.size() == 7 && path[0] == "host" && path[2] == "workload" && path[5] == "endpoint")
    return {.form = Form::kOldEndpoint,
            .kind = "WorkloadEndpoint",
            .row = absl::StrCat(path[1], "/", path[3], "/", path[4], "/", path[6]),
            .node = path[1],
            .pod = PodOf(path[4])};
  if (path.size() == 4 && path[0] == "host" && path[2] == "config" && absl::EndsWith(path[3], "TunnelAddr"))
    return {.form = Form::kOldTunnelAddress, .kind = "Node", .row = absl::StrCat("calico/", path[1]), .node = path[1]};
  return {};
}

EtcdKey ResourceKey(const Path& path) {  // behind "resources", "v3", "projectcalico.org"
  const std::string name = absl::StrJoin(path.begin() + 1, path.end(), "/");
  const absl::string_view kind = ResourceKind(path[0]);
  if (kind.empty() || name.empty()) return {};
  return {.form = Form::kObject, .kind = kind, .row = kind == "Node" ? absl::StrCat("calico/", name) : name};
}

EtcdKey KeyFrom(absl::string_view key) {
  const Path path = absl::StrSplit(key, '/', absl::SkipEmpty());
  if (path.size() < 4 || path[0] != "calico") return {};
  const Path rest(path.begin() + 3, path.end());
  if (path[1] == "ipam" && path[2] == "v2") return IpamKey(rest);
  if (path[1] == "v1") return OldKey(Path(path.begin() + 2, path.end()));
  if (path[1] == "bgp" && path[2] == "v1" && rest.size() == 3 && rest[0] == "host" && rest[2] == "ip_addr_v4")
    return {.form = Form::kOldNodeAddress, .kind = "Node", .row = absl::StrCat("calico/", rest[1]), .node = rest[1]};
  if (path[1] == "resources" && path[2] == "v3" && rest.size() > 2)
    return ResourceKey(Path(rest.begin() + 1, rest.end()));
  return {};
}

// What the API's objects have as `spec`, so that one decoder does for both.
Json AsObject(const EtcdKey& key, Json value, absl::string_view revision) {
  Json object = {{"metadata", {{"name", key.row}, {"resourceVersion", std::string(revision)}}},
                 {"spec", std::move(value)}};
  if (key.kind == "IPAMHandle") object["spec"]["handleID"] = key.row;
  if (key.kind == "BlockAffinity") {
    object["spec"]["node"] = key.node;
    object["spec"]["cidr"] = key.block;
    object["spec"]["type"] = key.is_host ? "host" : "virtual";
  }
  return object;
}

Json ConfigFrom(const Json& value) {
  Json spec = Json::object();
  for (const auto& [etcd, api] :
       {std::pair("strict_affinity", "strictAffinity"), std::pair("auto_allocate_blocks", "autoAllocateBlocks"),
        std::pair("maxBlocksPerHost", "maxBlocksPerHost"), std::pair("ipCooldownSeconds", "ipCooldownSeconds")})
    if (value.contains(etcd)) spec[api] = value[etcd];
  return spec;
}

absl::Status PutOldPool(const EtcdKey& key, const Json& value, ClusterRecords& records) {
  absl::Status status;
  const JsonFields fields(value, status);
  IpamPool row;
  row.name = key.row;
  row.cidr = fields.Block("cidr");
  row.disabled = fields.Flag("disabled");
  row.block_length = row.cidr.address.family == Family::kIpv4 ? 26 : 122;
  if (status.ok()) records.pools.rows.insert_or_assign(key.row, std::move(row));
  return status;
}

absl::Status PutOldEndpoint(const EtcdKey& key, const Json& value, ClusterRecords& records) {
  absl::Status status;
  const JsonFields fields(value, status);
  WorkloadEndpoint row{
      .pod = key.pod, .node = key.node, .interface = fields.Text("name"), .container = "", .addresses = {}};
  fields.AppendAddresses("ipv4_nets", row.addresses);
  fields.AppendAddresses("ipv6_nets", row.addresses);
  if (status.ok()) records.endpoints.rows.insert_or_assign(key.row, std::move(row));
  return status;
}

absl::Status PutOldAddress(const EtcdKey& key, absl::string_view value, ClusterRecords& records) {
  if (value.empty()) return absl::OkStatus();
  const absl::StatusOr<IpAddress> address = AddressFrom(value);
  if (!address.ok()) return address.status();
  ClusterNode& node = records.nodes.rows[key.row];
  node.name = key.node;
  (key.form == Form::kOldNodeAddress ? node.addresses : node.tunnel_addresses).assign(1, *address);
  return absl::OkStatus();
}

absl::Status PutValue(const EtcdKey& key, absl::string_view value, absl::string_view revision,
                      ClusterRecords& records) {
  if (key.form == Form::kNone) return absl::OkStatus();
  if (key.form == Form::kOldNodeAddress || key.form == Form::kOldTunnelAddress)
    return PutOldAddress(key, value, records);
  Json json = Json::parse(value.begin(), value.end(), nullptr, /*allow_exceptions=*/false);
  // Until 2018 a claim was the word alone, or nothing.
  if (key.kind == "BlockAffinity" && !json.is_object() && value.size() < 32) json = {{"state", std::string(value)}};
  if (!json.is_object()) return absl::InvalidArgumentError("its value is no JSON object");
  if (key.form == Form::kOldPool) return PutOldPool(key, json, records);
  if (key.form == Form::kOldEndpoint) return PutOldEndpoint(key, json, records);
  if (key.form == Form::kConfig) json = ConfigFrom(json);
  if (key.form != Form::kObject) return PutObject(key.kind, AsObject(key, std::move(json), revision), records);
  if (json.contains("metadata") && json["metadata"].is_object())
    json["metadata"]["resourceVersion"] = std::string(revision);
  return PutObject(key.kind, json, records);
}

}  // namespace

absl::string_view EtcdKind(absl::string_view key) { return KeyFrom(key).kind; }

absl::Status PutEtcd(absl::string_view key, absl::string_view value, ClusterRecords& records,
                     absl::string_view revision) {
  const absl::Status status = PutValue(KeyFrom(key), value, revision, records);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(Printable(key).substr(0, 300), ": ", Printable(status.message())));
}

void RemoveEtcd(absl::string_view key, ClusterRecords& records) {
  const EtcdKey parsed = KeyFrom(key);
  if (const auto node = records.nodes.rows.find(parsed.row); parsed.form == Form::kOldTunnelAddress) {
    if (node != records.nodes.rows.end()) node->second.tunnel_addresses.clear();
    return;
  }
  // Cannot fail: the object has a name.
  if (parsed.form != Form::kNone)
    RemoveObject(parsed.kind, Json{{"metadata", {{"name", parsed.row}}}}, records).IgnoreError();
}

}  // namespace caliwatch
