// SPDX-License-Identifier: Apache-2.0
#include "test/support/ipam_cluster.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

const absl::Time kMade = kClusterRead - absl::Hours(1);

std::string ContainerOf(const std::string& pod) { return absl::StrCat("sandbox-of-", pod); }

IpamBlock& BlockWith(ClusterRecords& records, const IpAddress& address) {
  for (auto& [key, block] : records.blocks.rows)
    if (block.cidr.Contains(address)) return block;
  return records.blocks.rows.begin()->second;  // no test asks for another
}

void AddRecord(ClusterRecords& records, const IpAddress& address, RecordAttributes attributes) {
  IpamBlock& block = BlockWith(records, address);
  attributes.assigned = kMade;
  const std::string handle = attributes.handle;
  const IpamRecord record{address, static_cast<uint32_t>(block.attributes.size()), 7 + block.records.size()};
  block.attributes.push_back(std::move(attributes));
  block.records.insert(std::upper_bound(block.records.begin(), block.records.end(), record,
                                        [](const auto& a, const auto& b) { return a.address < b.address; }),
                       record);
  IpamHandle& row = records.handles.rows[handle];
  row.id = handle;
  row.revision = "43";
  for (auto& [cidr, count] : row.blocks)
    if (cidr == block.cidr) return void(++count);
  row.blocks.emplace_back(block.cidr, 1);
}

void AddNode(ClusterRecords& records, int number) {
  const std::string name = absl::StrCat("n", number);
  const Prefix cidr = Block(absl::StrCat("10.48.", number, ".0/26"));
  const IpAddress own = AddressOf(absl::StrCat("10.9.0.1", number)), tunnel = cidr.address;
  records.nodes.rows[name] = {.name = name, .addresses = {own}, .tunnel_addresses = {tunnel}, .created = kMade};
  records.blocks.rows[cidr.ToString()] = {
      .cidr = cidr, .affinity = "host:" + name, .attributes = {}, .records = {}, .claimed = kMade};
  records.affinities.rows[name] = {.node = name, .block = cidr, .state = "confirmed", .created = kMade};
  records.reports.rows[name] = {.node = name,
                                .read_at = kClusterRead,
                                .kernel = absl::OkStatus(),
                                .endpoint_status = absl::OkStatus(),
                                .addresses = {},
                                .own_addresses = {own, tunnel},
                                .local_blocks = std::vector<Prefix>{cidr}};
  AddRecord(records, tunnel,
            {.handle = "ipip-tunnel-addr-" + name,
             .type = "ipipTunnelAddress",
             .owner = {.pod = "", .node = name, .service = ""}});
  for (int pod = 1; pod <= 4; ++pod)
    AddClusterPod(records, absl::StrCat("default/web-", number, pod), name, absl::StrCat("10.48.", number, ".", pod));
}

void AddVirtualMachine(ClusterRecords& records) {
  const IpAddress address = AddressOf("10.48.2.20");
  const std::string pod = "default/virt-launcher-vm-1";
  AddRecord(
      records, address,
      {.handle = "k8s-pod-network.vmi.default.vm-1", .type = "", .owner = {.pod = pod, .node = "n2", .service = ""}});
  records.pods.rows[pod] = {.name = pod,
                            .node = "n2",
                            .uid = "vm",
                            .phase = "Running",
                            .addresses = {address},
                            .created = kMade,
                            .virtual_machine = "default/vm-1"};
  AddSighting(records, "n2", address, pod);
}

void AddLoadBalancer(ClusterRecords& records) {
  const Prefix cidr = Block("10.48.9.0/26");
  records.blocks.rows[cidr.ToString()] = {
      .cidr = cidr, .affinity = "virtual:load-balancer", .attributes = {}, .records = {}, .claimed = kMade};
  records.affinities.rows["lb"] = {
      .node = "load-balancer", .block = cidr, .state = "confirmed", .is_host = false, .created = kMade};
  AddRecord(records, AddressOf("10.48.9.1"),
            {.handle = "lb-front", .type = "LoadBalancer", .owner = {.pod = "", .node = "", .service = "shop/front"}});
  records.services.rows["shop/front"] = {"shop/front", {AddressOf("10.48.9.1")}};
}

void AddPodsWithoutRecord(ClusterRecords& records) {
  records.pods.rows["default/done"] = {.name = "default/done",
                                       .node = "n1",
                                       .uid = "d",
                                       .phase = "Succeeded",
                                       .addresses = {AddressOf("10.48.1.1")},
                                       .created = kMade};
  records.pods.rows["kube-system/proxy"] = {.name = "kube-system/proxy",
                                            .node = "n1",
                                            .uid = "p",
                                            .phase = "Running",
                                            .addresses = {AddressOf("10.9.0.11")},
                                            .host_network = true,
                                            .created = kMade};
}

}  // namespace

IpAddress AddressOf(const std::string& text) { return IpAddress::Parse(text).value(); }

Prefix Block(const std::string& text) { return Prefix::Parse(text).value(); }

void AddSighting(ClusterRecords& records, const std::string& node, const IpAddress& address, const std::string& pod) {
  NodeReport& report = records.reports.rows.at(node);
  const NodeAddress seen{.address = address,
                         .interface = absl::StrCat("cali", node, pod.substr(pod.find('/') + 1)),
                         .pod = pod,
                         .in_routes = true,
                         .in_endpoint_status = true};
  report.addresses.insert(std::upper_bound(report.addresses.begin(), report.addresses.end(), seen,
                                           [](const auto& a, const auto& b) { return a.address < b.address; }),
                          seen);
}

void RemoveSighting(ClusterRecords& records, const std::string& node, const IpAddress& address) {
  std::erase_if(records.reports.rows.at(node).addresses, [&](const auto& seen) { return seen.address == address; });
}

void RemoveRecord(ClusterRecords& records, const IpAddress& address) {
  for (auto& [key, block] : records.blocks.rows)
    std::erase_if(block.records, [&](const auto& record) { return record.address == address; });
}

void AddClusterPod(ClusterRecords& records, const std::string& name, const std::string& node,
                   const std::string& address) {
  AddRecord(records, AddressOf(address),
            {.handle = "k8s-pod-network." + ContainerOf(name),
             .type = "",
             .owner = {.pod = name, .node = node, .service = ""}});
  records.pods.rows[name] = {.name = name,
                             .node = node,
                             .uid = name,
                             .phase = "Running",
                             .addresses = {AddressOf(address)},
                             .created = kMade,
                             .container = ContainerOf(name)};
  AddSighting(records, node, AddressOf(address), name);
}

ClusterRecords HealthyCluster() {
  ClusterRecords records;
  records.pools.rows["default"] = {
      .name = "default", .cidr = Block("10.48.0.0/16"), .block_length = 26, .uses = {true, true, true}};
  records.configs.rows["default"] = {};
  for (const int number : {1, 2, 3}) AddNode(records, number);
  AddClusterPod(records, "default/web-15", "n1", "10.48.2.9");
  AddVirtualMachine(records);
  AddLoadBalancer(records);
  AddPodsWithoutRecord(records);
  for (const char* address : {"10.48.3.61", "10.48.3.62"})
    AddRecord(records, AddressOf(address), {.handle = "windows-reserved-ipam-handle", .type = "", .owner = {}});
  ForEachClusterTable([&](const char* name, auto member) {
    if (std::string(name) == "endpoints") return;
    (records.*member).complete = absl::OkStatus();
    (records.*member).read_at = kClusterRead;
  });
  return records;
}

ClusterRecords WithLeaks(int count) {
  ClusterRecords records = HealthyCluster();
  for (int i = 5; i < 5 + count; ++i) {
    const std::string pod = absl::StrCat("default/more-", i), address = absl::StrCat("10.48.1.", i);
    AddClusterPod(records, pod, "n1", address);
    records.pods.rows.erase(pod);
    RemoveSighting(records, "n1", AddressOf(address));
  }
  return records;
}

IpamReport LookTwice(const ClusterRecords& records) {
  IpamState state;
  JudgeIpam(records, kClusterRead, state);
  return JudgeIpam(records, kClusterRead + absl::Minutes(1), state);
}

std::set<std::string> FoundBy(const IpamReport& report) {
  std::set<std::string> found;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const OpenIpamFinding& open : verdict.findings)
      if (open.sure) found.insert(absl::StrCat(verdict.check->name, " ", open.finding.subject));
  return found;
}

std::set<std::string> ChecksThatFound(const IpamReport& report) {
  std::set<std::string> checks;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const OpenIpamFinding& open : verdict.findings)
      if (open.sure) checks.emplace(verdict.check->name);
  return checks;
}

std::string DetailOf(const IpamReport& report, const std::string& check, const std::string& subject) {
  for (const IpamVerdict& verdict : report.verdicts)
    for (const OpenIpamFinding& open : verdict.findings)
      if (open.sure && verdict.check->name == check && open.finding.subject == subject) return open.finding.detail;
  return "";
}

std::set<std::string> DoubtsOf(const IpamReport& report) {
  std::set<std::string> doubts;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const IpamDoubt& doubt : verdict.doubts) doubts.insert(absl::StrCat(verdict.check->name, ": ", doubt.why));
  return doubts;
}

}  // namespace caliwatch
