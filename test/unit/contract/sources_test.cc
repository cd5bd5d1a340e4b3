// SPDX-License-Identifier: Apache-2.0

// Where things are found: a source beside a header of its name, and its unit test in the mirror of its room.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "test/support/catch.h"
#include "test/support/source_tree.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

// Families of sources with one contract: {folder and ending or beginning of the name, header}.
bool IsOfFamily(const SourceFile& source, const std::string& header) {
  const std::string folder = source.folder(), stem = source.stem();
  if (header == "lib/decode/kernel_messages.h") return folder == "lib/decode" && absl::StartsWith(stem, "kernel_");
  if (header == "lib/decode/bird_answers.h")
    return folder == "lib/decode" && std::set<std::string>{"bird_status", "bird_protocols", "bird_routes"}.count(stem);
  if (header == "lib/decode/ipam_records.h") return folder == "lib/decode" && absl::StartsWith(stem, "ipam_");
  if (header == "lib/ipam/check.h") return folder == "lib/ipam/checks";
  if (header == "lib/cluster/check.h") return folder == "lib/cluster/checks";
  if (header == "lib/analysis/findings/check.h") return folder == "lib/analysis/checks";
  if (header == "lib/metrics/metric.h") return folder == "lib/metrics/catalog";
  if (header == "agent/cluster/live_sources.h") return source.path == "agent/cluster/no_live_sources.cc";
  return header == "agent/cli/command.h" && folder == "agent/cli" && absl::EndsWith(stem, "_command");
}

// Contracts of a family, plain values, and what is short enough to be inline.
const std::set<std::string> kHeadersAlone = {
    "agent/build/embedded.h",  // embed.cmake writes its source
    "agent/config/config.h",
    "agent/config/live_paths.h",
    "agent/config/own_paths.h",
    "agent/exit_code.h",
    "agent/http/http_message.h",
    "lib/analysis/convergence/prefix_walk.h",
    "lib/analysis/path/path_evidence.h",
    "lib/analysis/report.h",
    "lib/cluster/finding.h",
    "lib/model/bird_effort.h",
    "lib/model/fnv_hash.h",
    "lib/model/held_address.h",
    "lib/analysis/state/persistent_state.h",
    "lib/analysis/state/state.h",
    "lib/decode/bird_address.h",
    "lib/decode/bird_answers.h",
    "lib/decode/kernel_messages.h",
    "lib/model/felix.h",
    "lib/model/bgp_socket.h",
    "lib/model/bird_view.h",
    "lib/model/bird_clock.h",
    "lib/model/journal.h",
    "lib/model/node_document.h",
    "lib/model/kernel_tables.h",
    "lib/model/node_probe.h",
    "lib/model/per_edition.h",
    "lib/model/per_family.h",
    "lib/model/pod_network.h",
    "lib/model/snapshot.h",
    "lib/node/kernel_dumps.h",
    "lib/node/texts.h",
    "lib/node/unique_fd.h",
};

// Sources, or folders of them, without a unit test of their name, by where they are tested instead.
const std::map<std::string, std::vector<std::string>> kTestedElsewhere = {
    {"tests of the whole program: each needs a process, a terminal, a signal or a node",
     {"agent/main.cc",
      "agent/cli/agent_command.cc",
      "agent/cli/check_command.cc",
      "agent/cli/cluster_command.cc",
      "agent/cli/completion_command.cc",
      "agent/cli/explain_command.cc",
      "agent/cli/ipam_command.cc",
      "agent/cli/judged_node.cc",
      "agent/cli/path_command.cc",
      "agent/cli/record_command.cc",
      "agent/cli/record_subject.cc",
      "agent/cli/terminal.cc",
      "agent/cli/version_command.cc",
      "agent/cli/watch_command.cc",
      "agent/daemon/ending.cc",
      "agent/daemon/poll_once.cc",
      "agent/daemon/run_agent.cc",
      "agent/daemon/run_ipam.cc",
      "agent/cli/ipam_serving.cc",
      "agent/log/log.cc"}},
    {"node_document_test and workloads_document_test", {"lib/decode/json_document.cc"}},
    {"command_line_test", {"agent/build/version.cc"}},
    {"kubernetes_reader_test", {"agent/cluster/kind_watch.cc"}},
    {"transfers_test", {"agent/cluster/http_transfer.cc"}},
    {"test/system/ipam, which asks a real etcd and real agents", {"agent/cluster/live_sources.cc"}},
    {"image_test: it is in a build without libcurl alone", {"agent/cluster/no_live_sources.cc"}},
    {"confinement_test", {"agent/daemon/system_calls.cc"}},
    {"http_server_test: whether a library calls it shows in a server alone", {"agent/http/stand_in.cc"}},
    {"config_file_test and load_config_test",
     {"agent/config/listen_address.cc", "agent/config/setting_values.cc", "agent/config/settings.cc"}},
    {"bird_socket_test, http_get_test", {"lib/node/deadline.cc"}},
    {"event_listener_test", {"agent/daemon/boot_clock.cc", "lib/node/kernel_events.cc"}},
    {"the tests of the checks that use it",
     {"lib/analysis/bgp/sessions.cc", "lib/analysis/routes/block_routes.cc", "lib/analysis/routes/host_routes.cc",
      "lib/analysis/routes/ipip_tunnel.cc", "lib/analysis/routes/mixed_ways.cc", "lib/analysis/routes/overlaps.cc",
      "lib/analysis/routes/unreachable_routes.cc", "lib/analysis/routes/wireguard_routes.cc",
      "lib/analysis/routes/unprogrammed_routes.cc", "lib/analysis/routes/vxlan_paths.cc",
      "lib/analysis/workloads/block_use.cc", "lib/analysis/workloads/duplicate_neighbors.cc",
      "lib/analysis/workloads/pod_gateways.cc", "lib/analysis/workloads/workload_neighbors.cc",
      "lib/analysis/workloads/live_migration.cc", "lib/analysis/workloads/routeless_workloads.cc",
      "lib/analysis/workloads/unclaimed_interfaces.cc", "lib/analysis/workloads/workloads.cc",
      "lib/model/link_index.cc"}},
    {"node_address_test, both together",
     {"lib/analysis/checks/node_address_unsteady.cc", "lib/analysis/checks/node_address_wrong.cc"}},
    {"pod_gateways_test, both together",
     {"lib/analysis/checks/pod_gateway_unreachable.cc", "lib/analysis/checks/pod_gateway_wrong_mac.cc"}},
    {"observe_test", {"lib/analysis/bgp/peer_report.cc"}},
    {"find_path_test: a path is the sum of its hops",
     {"lib/analysis/path/path.cc", "lib/analysis/path/path_end.cc", "lib/analysis/path/pod_hops.cc",
      "lib/analysis/path/route_hops.cc", "lib/analysis/path/tunnel_hops.cc"}},
    {"path_text_test and path_json_test", {"lib/view/path_words.cc"}},
    {"bird_table_query_test", {"lib/analysis/routes/route_counters.cc"}},
    {"the tests of the commands that checks name", {"lib/analysis/findings/calico_node_pod.cc"}},
    {"the tests of the checks of a cluster", {"lib/cluster/check.cc"}},
    {"check_test", {"lib/analysis/evidence/evidence.cc", "lib/analysis/findings/check_info.cc"}},
    {"finding_history_test and summary_test", {"lib/analysis/findings/verdict.cc"}},
    {"kernel_socket_test", {"lib/node/kernel_requests.cc"}},
    {"netlink_message_test", {"lib/anonymize/netlink_rules.cc"}},
    {"convergence_test: parts of one state machine, tested by what it says", {"lib/analysis/convergence/"}},
    {"state_text_test", {"lib/analysis/state/reach_json.cc", "lib/analysis/state/state_json.cc"}},
    {"felix_route_missing_test and route_missing_from_kernel_test", {"lib/analysis/evidence/lost_routes.cc"}},
    {"bird_answers_situations_test and bird_protocols_test",
     {"lib/decode/bird_info.cc", "lib/decode/bird_protocol_details.cc"}},
    {"the tests of every kernel_* decoder", {"lib/decode/kernel_attributes.cc"}},
    {"live_node_test and pod_namespaces_test", {"lib/node/read_file.cc"}},
    {"exposition_test: they are read as they are served",
     {"lib/analysis/kernel_report.cc", "lib/metrics/catalog/", "lib/metrics/metric.cc",
      "lib/metrics/process_metrics.cc"}},
    {"tests of decoders, which give these values their content",
     {"lib/model/bird.cc", "lib/model/ipam.cc", "lib/model/kernel.cc", "lib/model/route_owner.cc"}},
    {"verdicts_test and its three others: every check, on a healthy cluster in which one thing is broken",
     {"lib/ipam/checks/", "lib/ipam/check.cc", "lib/ipam/evidence.cc", "lib/ipam/finding.cc"}},
    {"ipam_metrics_test: they are read as they are served", {"lib/metrics/ipam_evidence_metrics.cc"}},
    {"pages_test and ipam_pages_test", {"agent/http/answers.cc"}},
    {"pages_test", {"agent/http/probe_page.cc"}},
    {"ipam_page_test", {"lib/view/html/ipam_parts.cc"}},
    {"ipam_text_test and ipam_page_test", {"lib/view/ipam_words.cc"}},
    {"recorded_node_test and recording_node_test", {"lib/node/raw_node.cc", "lib/node/recording_format.cc"}},
    {"status_page_test", {"lib/view/html/html.cc"}},
};

// test/unit mirrors the product, without "lib".
bool HasTestOfItsName(const SourceFile& source) {
  const fs::path folder =
      fs::path(CALIWATCH_SOURCE_DIR) / "test/unit" / std::string(absl::StripPrefix(source.folder(), "lib/"));
  if (!fs::exists(folder)) return false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (absl::StartsWith(name, source.stem() + "_") && absl::EndsWith(name, "_test.cc")) return true;
  }
  return false;
}

bool IsTestedElsewhere(const SourceFile& source) {
  for (const auto& [where, paths] : kTestedElsewhere)
    for (const std::string& path : paths)
      if (path == source.path || path == source.folder() + "/") return true;
  return false;
}

TEST_CASE("every source has a header of its name, or is one of a family with one contract") {
  for (const SourceFile& source : ProductFiles()) {
    if (source.is_header() || source.path == "agent/main.cc") continue;
    const std::string own = absl::StrCat(source.folder(), "/", source.stem(), ".h");
    bool has_header = false;
    for (const std::string& header : source.includes()) has_header |= header == own || IsOfFamily(source, header);
    INFO(source.path);
    CHECK(has_header);
  }
}

TEST_CASE("every header has its source, but for those that are listed") {
  std::set<std::string> sources;
  for (const SourceFile& file : ProductFiles())
    if (!file.is_header()) sources.insert(absl::StrCat(file.folder(), "/", file.stem()));
  for (const SourceFile& file : ProductFiles()) {
    if (!file.is_header()) continue;
    INFO(file.path);
    CHECK(sources.count(absl::StrCat(file.folder(), "/", file.stem())) + kHeadersAlone.count(file.path) == 1);
  }
}

TEST_CASE("every source has a unit test of its name, or a reason why not") {
  for (const SourceFile& source : ProductFiles()) {
    if (source.is_header() || HasTestOfItsName(source)) continue;
    INFO(source.path);
    CHECK(IsTestedElsewhere(source));
  }
}

TEST_CASE("the lists above name files and folders that exist") {
  const fs::path root = CALIWATCH_SOURCE_DIR;
  for (const std::string& header : kHeadersAlone) {
    INFO(header);
    CHECK(fs::exists(root / header));
  }
  for (const auto& [where, paths] : kTestedElsewhere)
    for (const std::string& path : paths) {
      INFO(path);
      CHECK(fs::exists(root / path));
    }
}

}  // namespace
}  // namespace caliwatch
