// SPDX-License-Identifier: Apache-2.0

// Objects of Calico: libcalico-go/lib/apis/crd.projectcalico.org/v1 and api/pkg/apis/projectcalico/v3.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/decode/ipam_records.h"
#include "lib/decode/json_fields.h"

namespace caliwatch {
namespace {

// Calico's largest block has 2^12 addresses.
constexpr size_t kMostHostBits = 16;

std::string PodName(const std::string& name_space, const std::string& name) {
  return name_space.empty() || name.empty() ? "" : absl::StrCat(name_space, "/", name);
}

RecordOwner OwnerFrom(const JsonFields& attributes) {
  const std::string name_space = attributes.Text("namespace");
  return {.pod = PodName(name_space, attributes.Text("pod")),
          .node = attributes.Text("node"),
          .service = PodName(name_space, attributes.Text("service"))};
}

// Before handles were NETWORK.CONTAINER they were NAMESPACE.POD, and nothing else named the pod.
std::string PodOfHandle(const std::string& handle) {
  constexpr size_t kContainerIdLength = 64;
  const size_t dot = handle.find('.');
  if (dot == std::string::npos || absl::StartsWith(handle, "k8s-pod-network.")) return "";
  const std::string rest = handle.substr(dot + 1);
  const bool is_container =
      rest.size() == kContainerIdLength &&
      std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  return is_container ? "" : PodName(handle.substr(0, dot), rest);
}

// `releasedAt`, of 2026 (calico#12638): the address stays in `allocations`, its attributes lose handle and owner. The
// name is that of the definition of ipamblocks.crd.projectcalico.org.
RecordAttributes AttributesFrom(const JsonFields& fields) {
  const JsonFields secondary = fields.At("secondary");
  RecordAttributes attributes{.handle = fields.Text("handle_id"),
                              .type = secondary.Text("type"),
                              .owner = OwnerFrom(secondary),
                              .next_owner = OwnerFrom(fields.At("alternate")),
                              .assigned = secondary.Time("timestamp"),
                              .released = fields.Time("releasedAt")};
  // Windows' CNI once wrote more behind a line's end.
  attributes.handle = attributes.handle.substr(0, attributes.handle.find('\r'));
  if (fields.Find("secondary").IsNull()) attributes.owner.pod = PodOfHandle(attributes.handle);
  return attributes;
}

IpAddress AddressAt(const Prefix& block, size_t ordinal) {
  IpAddress address = block.address;
  size_t carry = ordinal;
  for (size_t at = address.size(); at-- > 0 && carry != 0;) {
    carry += address.bytes[at];
    address.bytes[at] = static_cast<uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  return address;
}

void TakeRecords(const JsonFields& spec, IpamBlock& block) {
  const JsonValue list = spec.Find("allocations");
  if (list.IsNull()) return;
  const std::vector<JsonValue> allocations = list.Items();
  const size_t host_bits = block.cidr.address.bits() - block.cidr.length;
  if (!list.Is(JsonType::kList) || host_bits > kMostHostBits || allocations.size() > size_t{1} << host_bits)
    return spec.Fail("allocations", "is no list of as many entries as the block has addresses");
  const JsonFields sequences = spec.At("sequenceNumberForAllocation");
  for (size_t ordinal = 0; ordinal < allocations.size(); ++ordinal) {
    const JsonValue& index = allocations[ordinal];
    if (index.IsNull()) continue;
    if (!index.Is(JsonType::kInteger) || index.Integer() < 0 || index.Integer() >= block.attributes.size())
      return spec.Fail(absl::StrCat("allocations[", ordinal, "]"), "is the place of no attributes");
    block.records.push_back({.address = AddressAt(block.cidr, ordinal),
                             .attributes = static_cast<uint32_t>(index.Integer()),
                             .sequence = sequences.Unsigned(std::to_string(ordinal).c_str())});
  }
}

}  // namespace

absl::Status Decode(const JsonValue& object, IpamPool& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields spec = fields.At("spec");
  row.name = fields.At("metadata").Text("name");
  row.cidr = spec.Block("cidr");
  const int64_t standard = row.cidr.address.family == Family::kIpv4 ? 26 : 122;
  const int64_t length = spec.Number("blockSize", standard);
  if (length < row.cidr.length || length > static_cast<int64_t>(row.cidr.address.bits()))
    spec.Fail("blockSize", "is no length of a block within the pool");
  row.block_length = static_cast<uint8_t>(length);
  row.disabled = spec.Flag("disabled");
  row.manual = spec.Text("assignmentMode") == "Manual";
  const std::string selector = spec.Text("nodeSelector");
  row.all_nodes = selector.empty() || selector == "all()";
  if (!spec.Find("allowedUses").IsNull()) {
    row.uses = {.workload = false, .tunnel = false, .load_balancer = false};
    for (const std::string& use : spec.Texts("allowedUses")) {
      row.uses.workload |= use == "Workload";
      row.uses.tunnel |= use == "Tunnel";
      row.uses.load_balancer |= use == "LoadBalancer";
    }
  }
  return status;
}

absl::Status Decode(const JsonValue& object, IpamBlock& row) {
  absl::Status status;
  const JsonFields spec = JsonFields(object, status).At("spec");
  row.cidr = spec.Block("cidr");
  row.affinity = spec.Text("affinity");
  if (const std::string host = spec.Text("hostAffinity"); row.affinity.empty() && !host.empty())
    row.affinity = absl::StrCat("host:", host);
  row.strict_affinity = spec.Flag("strictAffinity");
  row.deleted = spec.Flag("deleted");
  // The API calls it so, etcd otherwise.
  row.claimed = spec.Time(spec.Find("affinityClaimTime").IsNull() ? "affinity_claim_time" : "affinityClaimTime");
  for (const JsonFields& attributes : spec.Objects("attributes")) row.attributes.push_back(AttributesFrom(attributes));
  if (status.ok()) TakeRecords(spec, row);
  return status;
}

absl::Status Decode(const JsonValue& object, IpamHandle& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields spec = fields.At("spec"), metadata = fields.At("metadata");
  row.id = spec.Text("handleID");
  if (row.id.empty()) row.id = metadata.Text("name");
  row.deleted = spec.Flag("deleted");
  row.uid = metadata.Text("uid");
  row.revision = metadata.Text("resourceVersion");
  for (const auto& [block, addresses] : spec.Numbers("block")) {
    const absl::StatusOr<Prefix> prefix = Prefix::Parse(block);
    if (prefix.ok())
      row.blocks.emplace_back(*prefix, addresses);
    else
      spec.Fail("block", absl::StrCat("names no block of addresses, but '", block.substr(0, 80), "'"));
  }
  return status;
}

absl::Status Decode(const JsonValue& object, BlockAffinity& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields spec = fields.At("spec");
  row.node = spec.Text("node");
  row.block = spec.Block("cidr");
  row.state = spec.Text("state");
  row.is_host = spec.Text("type").empty() || spec.Text("type") == "host";
  row.deleted = spec.Flag("deleted");
  row.created = fields.At("metadata").Time("creationTimestamp");
  return status;
}

absl::Status Decode(const JsonValue& object, IpamConfig& row) {
  absl::Status status;
  const JsonFields spec = JsonFields(object, status).At("spec");
  row.strict_affinity = spec.Flag("strictAffinity");
  row.auto_allocate_blocks = spec.Flag("autoAllocateBlocks", true);
  row.max_blocks_per_host = spec.Number("maxBlocksPerHost");
  row.cooldown = absl::Seconds(spec.Number("ipCooldownSeconds"));
  return status;
}

absl::Status Decode(const JsonValue& object, IpReservation& row) {
  absl::Status status;
  const JsonFields spec = JsonFields(object, status).At("spec");
  for (const std::string& text : spec.Texts("reservedCIDRs")) {
    const absl::StatusOr<Prefix> prefix = Prefix::Parse(text);
    if (prefix.ok())
      row.cidrs.push_back(*prefix);
    else
      spec.Fail("reservedCIDRs", absl::StrCat("holds no block of addresses, but '", text.substr(0, 80), "'"));
  }
  return status;
}

absl::Status Decode(const JsonValue& object, WorkloadEndpoint& row) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields spec = fields.At("spec"), metadata = fields.At("metadata");
  row.pod = PodName(metadata.Text("namespace"), spec.Text("pod"));
  row.node = spec.Text("node");
  row.interface = spec.Text("interfaceName");
  row.container = spec.Text("containerID");
  spec.AppendAddresses("ipNetworks", row.addresses);
  row.created = metadata.Time("creationTimestamp");
  return status;
}

}  // namespace caliwatch
