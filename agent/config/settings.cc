// SPDX-License-Identifier: Apache-2.0
#include "agent/config/settings.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "agent/config/setting_values.h"

namespace caliwatch {
namespace {

constexpr Word<LogLevel> kLogLevels[] = {
    {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo}, {"warn", LogLevel::kWarn}, {"error", LogLevel::kError}};
constexpr Word<LogFormat> kLogFormats[] = {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}};
constexpr Word<bool> kSwitch[] = {{"true", true}, {"false", false}};
constexpr Word<PeerDetail> kPeerDetails[] = {{"auto", PeerDetail::kAuto},
                                             {"all", PeerDetail::kAll},
                                             {"problems", PeerDetail::kProblems},
                                             {"none", PeerDetail::kNone}};

std::vector<Setting> WebSettings() {
  return {
      {.name = "web.listen-address",
       .placeholder = "ADDRESS",
       .help =
           "Where to serve HTTP: 127.0.0.1:10179, [::1]:10179, or :10179 for every address, IPv4 and IPv6 (IPv4 alone "
           "where the node or civetweb has no IPv6); 0.0.0.0:10179 and [::]:10179 are those of one family. Repeatable. "
           "Without TLS: kube-rbac-proxy adds it.",
       .repeatable = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetListenAddresses(values, config.listen_addresses); },
       .get = [](const Config& config) { return absl::StrJoin(config.listen_addresses, ", "); }},
      {.name = "web.health-address",
       .placeholder = "ADDRESS",
       .help = "Where to serve /-/healthy and /-/ready alone, for probes that nobody outside of the node can keep from "
               "being answered. Repeatable. Empty: nowhere; they are also where the metrics are.",
       .repeatable = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetOwnHealthAddresses(values, config.health_addresses); },
       .get = [](const Config& config) { return absl::StrJoin(config.health_addresses, ", "); }},
      {.name = "web.allowed-host",
       .placeholder = "NAME",
       .help = "A name by which browsers may open the page and the JSON, beside addresses, names without a dot and the "
               "node's own: node1.example.com. Scrapes may use any. Repeatable.",
       .repeatable = true,
       .set = [](const SettingValues& values, Config& config) { return SetHostNames(values, config.allowed_hosts); },
       .get = [](const Config& config) { return absl::StrJoin(config.allowed_hosts, ", "); }},
      {.name = "web.telemetry-path",
       .placeholder = "PATH",
       .help = "Where the metrics are.",
       .set = [](const SettingValues& values, Config& config) { return SetUrlPath(values[0], config.telemetry_path); },
       .get = [](const Config& config) { return config.telemetry_path; }},
      {.name = "web.grafana-url",
       .placeholder = "URL",
       .help =
           "The page's link to the dashboards in Grafana: http or https; {node} in it becomes the node's name, as in "
           "https://grafana.example.com/d/caliwatch-node?var-instance={node}. Empty: no link.",
       .set = [](const SettingValues& values, Config& config) { return SetLinkUrl(values[0], config.grafana_url); },
       .get = [](const Config& config) { return config.grafana_url; }},
      {.name = "web.cluster-url",
       .placeholder = "URL",
       .help = "The page's link to a page of the whole cluster, as web.grafana-url. Empty: no link.",
       .set = [](const SettingValues& values, Config& config) { return SetLinkUrl(values[0], config.cluster_url); },
       .get = [](const Config& config) { return config.cluster_url; }},
  };
}

std::vector<Setting> WatchSettings() {
  return {
      {.name = "poll.interval",
       .placeholder = "DURATION",
       .help = "From the start of one look at the node to the start of the next, 100ms to 1h.",
       .live = true,
       .set =
           [](const SettingValues& values, Config& config) {
             return SetDuration(values[0], absl::Milliseconds(100), absl::Hours(1), config.poll_interval);
           },
       .get = [](const Config& config) { return absl::FormatDuration(config.poll_interval); }},
      {.name = "peers.detail",
       .placeholder = "auto|all|problems|none",
       .help = "Which BGP peers get series of their own; auto: each caliwatch_bgp_peer_up and _info, and all others "
               "those of other kinds than mesh and those with a problem, 200 of both at most; all: all of each peer; "
               "problems: all of those with a problem.",
       .live = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetWord(kPeerDetails, values[0], config.peer_detail); },
       .get = [](const Config& config) { return WordFor(kPeerDetails, config.peer_detail); }},
      {.name = "routes.watched",
       .placeholder = "PREFIX",
       .help =
           "A route to report by itself, as 0.0.0.0/0 or 10.20.0.0/16: whether table main has one for exactly this "
           "prefix, from whom, and since when (caliwatch_watched_route_present, the page, `check`). It alerts where it "
           "is missing. Repeatable, 20 at most.",
       .scope = SettingScope::kJudge,
       .repeatable = true,
       .live = true,
       .set = [](const SettingValues& values, Config& config) { return SetPrefixes(values, config.watched_routes); },
       .get =
           [](const Config& config) {
             const auto text = [](std::string* out, const Prefix& prefix) { absl::StrAppend(out, prefix.ToString()); };
             return absl::StrJoin(config.watched_routes, ", ", text);
           }},
      {.name = "state.file",
       .placeholder = "FILE",
       .help = "Where to keep what must outlive the agent: expected peers and routes, counters, a convergence under "
               "way, since when findings hold, recent flaps. Without it, an agent that restarts together with BIRD "
               "does not know what is missing. `check`, `watch` and `record` read there what the agent knows.",
       .scope = SettingScope::kJudge,
       .set = [](const SettingValues& values, Config& config) { return SetFilePath(values[0], config.state_file); },
       .get = [](const Config& config) { return config.state_file; }},
      {.name = "log.level",
       .placeholder = "debug|info|warn|error",
       .help = "The least important messages to log.",
       .live = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetWord(kLogLevels, values[0], config.log_level); },
       .get = [](const Config& config) { return WordFor(kLogLevels, config.log_level); }},
      {.name = "log.format",
       .placeholder = "logfmt|json",
       .help = "How a log line is written.",
       .live = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetWord(kLogFormats, values[0], config.log_format); },
       .get = [](const Config& config) { return WordFor(kLogFormats, config.log_format); }},
      {.name = "security.seccomp",
       .placeholder = "",
       .help = "Give up at the start what the agent never needs: all but some hundred system calls and, where the "
               "kernel has Landlock, to write outside of the state file's folder and to run programs. On by default; "
               "false where that is in the way.",
       .is_switch = true,
       .set = [](const SettingValues& values, Config& config) { return SetWord(kSwitch, values[0], config.seccomp); },
       .get = [](const Config& config) { return WordFor(kSwitch, config.seccomp); }},
  };
}

std::vector<Setting> NodeSettings() {
  return {
      {.name = "calico.run-dir",
       .placeholder = "DIR",
       .help = "Where BIRD's control sockets and Felix's endpoint-status are.",
       .scope = SettingScope::kNode,
       .set = [](const SettingValues& values, Config& config) { return SetFilePath(values[0], config.calico_run_dir); },
       .get = [](const Config& config) { return config.calico_run_dir; }},
      {.name = "calico.lib-dir",
       .placeholder = "DIR",
       .help = "Where Calico keeps nodename and mtu.",
       .scope = SettingScope::kNode,
       .set = [](const SettingValues& values, Config& config) { return SetFilePath(values[0], config.calico_lib_dir); },
       .get = [](const Config& config) { return config.calico_lib_dir; }},
      {.name = "felix.health-address",
       .placeholder = "ADDRESS",
       .help =
           "Where Felix says whether it is ready and live (healthHost and healthPort of its configuration); OpenShift "
           "has localhost:9199. Repeatable: the first where somebody listens is asked. Empty: Felix is not asked.",
       .scope = SettingScope::kNode,
       .repeatable = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetHealthAddresses(values, config.felix_health_addresses); },
       .get = [](const Config& config) { return absl::StrJoin(config.felix_health_addresses, ", "); }},
      {.name = "cni.kubeconfig",
       .placeholder = "FILE",
       .help = "The CNI plugin's kubeconfig, of which only the age is looked at. Empty: not even that.",
       .scope = SettingScope::kNode,
       .set =
           [](const SettingValues& values, Config& config) {
             config.cni_kubeconfig.clear();
             return values[0].empty() ? absl::OkStatus() : SetFilePath(values[0], config.cni_kubeconfig);
           },
       .get = [](const Config& config) { return config.cni_kubeconfig; }},
      {.name = "netns.dir",
       .placeholder = "DIR",
       .help = "Where the network namespaces of pods are, one file each; only for --check.pods.",
       .scope = SettingScope::kNode,
       .set = [](const SettingValues& values, Config& config) { return SetFilePath(values[0], config.netns_dir); },
       .get = [](const Config& config) { return config.netns_dir; }},
      {.name = "check.pods",
       .placeholder = "",
       .help = "Look into the pods, too: does each one reach its gateway? Takes the capability SYS_ADMIN, and uid 0.",
       .scope = SettingScope::kNode,
       .is_switch = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetWord(kSwitch, values[0], config.check_pods); },
       .get = [](const Config& config) { return WordFor(kSwitch, config.check_pods); }},
      {.name = "probe.nodes",
       .placeholder = "",
       .help = "Ask the agents of other nodes, at most 32 of them a minute, at the node's address and through the "
               "tunnel, in packets that fill the way: do both pass? They are asked at the port of the first "
               "--web.listen-address, and serve there at more than the loopback.",
       .is_switch = true,
       .set = [](const SettingValues& values,
                 Config& config) { return SetWord(kSwitch, values[0], config.probe_nodes); },
       .get = [](const Config& config) { return WordFor(kSwitch, config.probe_nodes); }},
      {.name = "cluster.nodes",
       .placeholder = "LIST",
       .help = "The agents of all nodes, as `caliwatch cluster` takes them: dns:NAME, all addresses of a name, as of a "
               "headless Service; or ADDRESS, several with commas, :PORT behind each. Then this agent has the page "
               "/cluster, and asks them when somebody opens it. Empty: neither.",
       .set = [](const SettingValues& values, Config& config) { return SetAgents(values[0], config.cluster_nodes); },
       .get = [](const Config& config) { return config.cluster_nodes; }},
  };
}

}  // namespace

const std::vector<Setting>& AllSettings() {
  static const std::vector<Setting> settings = [] {
    std::vector<Setting> all = WebSettings();
    for (std::vector<Setting> more : {WatchSettings(), NodeSettings()}) all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return settings;
}

absl::Status Apply(const Setting& setting, const SettingValues& values, Config& config) {
  if (values.empty()) return absl::InvalidArgumentError("has no value");
  if (values.size() > 1 && !setting.repeatable)
    return absl::InvalidArgumentError(absl::StrCat("takes one value, not ", values.size()));
  return setting.set(values, config);
}

}  // namespace caliwatch
