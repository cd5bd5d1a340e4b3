// SPDX-License-Identifier: Apache-2.0
#include "agent/config/config_file.h"

#include <filesystem>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <sys/stat.h>

#include "agent/config/settings.h"
#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

// What reading `text` as the file "c.yaml" complains of; empty when it is fine.
std::string ComplaintAbout(const std::string& text) {
  Config config;
  return std::string(ApplyConfigText("c.yaml", text, config).message());
}

Config ConfigFrom(const std::string& text) {
  Config config;
  CHECK(ComplaintAbout(text).empty());
  REQUIRE(ApplyConfigText("c.yaml", text, config).ok());
  return config;
}

constexpr char kEverySetting[] = R"(
web:
  listen-address: ["127.0.0.1:1", "127.0.0.1:2"]
  health-address: "127.0.0.1:3"
  allowed-host: [node1.example.com]
  telemetry-path: /m
  grafana-url: https://g.example.com/{node}
  cluster-url: https://c.example.com/
poll: {interval: 1m30s}
routes: {watched: [10.20.0.0/16]}
peers: {detail: problems}
log:
  level: debug
  format: json
calico:
  run-dir: /a
  lib-dir: /b
felix: {health-address: ["localhost:9199", "[::1]:9099"]}
cni: {kubeconfig: /k}
netns: {dir: /c}
check: {pods: true}
probe: {nodes: true}
cluster: {nodes: "dns:caliwatch.caliwatch.svc,10.39.1.11:9000"}
state: {file: /d/e}
security: {seccomp: false}
)";

TEST_CASE("a configuration file sets everything that can be set") {
  const Config config = ConfigFrom(kEverySetting);
  CHECK(config.listen_addresses == std::vector<std::string>{"127.0.0.1:1", "127.0.0.1:2"});
  CHECK(config.health_addresses == std::vector<std::string>{"127.0.0.1:3"});
  CHECK(config.allowed_hosts == std::vector<std::string>{"node1.example.com"});
  CHECK(config.telemetry_path == "/m");
  CHECK(config.grafana_url == "https://g.example.com/{node}");
  CHECK(config.cluster_url == "https://c.example.com/");
  CHECK(config.watched_routes == std::vector<Prefix>{*Prefix::Parse("10.20.0.0/16")});
  CHECK(config.poll_interval == absl::Seconds(90));
  CHECK(config.peer_detail == PeerDetail::kProblems);
  CHECK(config.log_level == LogLevel::kDebug);
  CHECK(config.log_format == LogFormat::kJson);
  CHECK(config.calico_run_dir == "/a");
  CHECK(config.calico_lib_dir == "/b");
  CHECK(config.felix_health_addresses == std::vector<std::string>{"localhost:9199", "[::1]:9099"});
  CHECK(config.cni_kubeconfig == "/k");
  CHECK(config.netns_dir == "/c");
  CHECK(config.check_pods);
  CHECK(config.probe_nodes);
  CHECK(config.cluster_nodes == "dns:caliwatch.caliwatch.svc,10.39.1.11:9000");
  CHECK(config.state_file == "/d/e");
  CHECK(!config.seccomp);
  for (const Setting& setting : AllSettings()) {
    INFO(setting.name);
    CHECK(setting.get(config) != setting.get(Config()));
  }
}

TEST_CASE("health is served at the loopback, or nowhere apart; an allowed host is a name and nothing else") {
  CHECK(Config().health_addresses == std::vector<std::string>{"127.0.0.1:10180"});
  CHECK(ConfigFrom("web: {health-address: \"\"}").health_addresses.empty());
  CHECK(absl::StrContains(ComplaintAbout("web: {health-address: \"nowhere\"}"), "no address to listen on"));
  for (const char* name : {"http://node1.example.com", "node1.example.com:80", "*", "a b"}) {
    INFO(name);
    CHECK(absl::StrContains(ComplaintAbout(absl::StrCat("web: {allowed-host: \"", name, "\"}")), "no name of a host"));
  }
}

TEST_CASE("Felix is asked at localhost:9099, or nowhere if its address is empty; an address is one that can be asked") {
  CHECK(Config().felix_health_addresses == std::vector<std::string>{"localhost:9099"});
  CHECK(ConfigFrom("felix: {health-address: ''}").felix_health_addresses.empty());
  for (const char* text : {"felix: {health-address: felix.example:9099}", "felix: {health-address: ':9099'}",
                           "felix: {health-address: ['localhost:9099', '']}"})
    CHECK(absl::StrContains(ComplaintAbout(text), "is no address to ask: write localhost:9099"));
}

TEST_CASE("other nodes' agents are named as the command takes them, or not at all") {
  CHECK(ConfigFrom("cluster: {nodes: ''}").cluster_nodes.empty());
  CHECK(absl::StrContains(ComplaintAbout("cluster: {nodes: nodes}"), "takes a Kubernetes API"));
  CHECK(absl::StrContains(ComplaintAbout("cluster: {nodes: 'http://10.39.1.11'}"), "names no agents"));
}

TEST_CASE("an empty file, a comment alone and an empty group leave the defaults") {
  for (const char* text : {"", "# nothing\n", "---\n", "log:\n"}) {
    INFO(text);
    const Config config = ConfigFrom(text);
    for (const Setting& setting : AllSettings()) CHECK(setting.get(config) == setting.get(Config()));
  }
}

TEST_CASE("one address to listen on needs no list") {
  CHECK(ConfigFrom("web: {listen-address: '[::1]:9'}").listen_addresses == std::vector<std::string>{"[::1]:9"});
}

TEST_CASE("who looks for TLS or a login as other exporters have them is told what there is instead") {
  CHECK(absl::StartsWith(ComplaintAbout("tls_server_config:\n  cert_file: a.crt\n"),
                         "c.yaml:1:1: 'tls_server_config' is not there: the agent serves plain HTTP alone"));
  const std::string complaint = ComplaintAbout("web:\n  config:\n    file: web.yaml\n");
  CHECK(absl::StartsWith(complaint, "c.yaml:2:3: 'config' is not there"));
  CHECK(complaint.find("put kube-rbac-proxy before it") != std::string::npos);
  CHECK(absl::StartsWith(ComplaintAbout("poll:\n  config: 5s\n"), "c.yaml:2:3: unknown key 'config'"));
}

TEST_CASE("an unknown key is refused where it stands, and what is known there is listed") {
  CHECK(
      ComplaintAbout("log:\n  level: info\npol:\n  interval: 5s\n") ==
      "c.yaml:3:1: unknown key 'pol'; known in the file: calico, check, cluster, cni, felix, log, netns, peers, poll, "
      "probe, routes, security, state, web");
  CHECK(ComplaintAbout("log:\n  levle: info\n") == "c.yaml:2:3: unknown key 'levle'; known in 'log': format, level");
  CHECK(absl::StartsWith(ComplaintAbout("poll.interval: 5s\n"), "c.yaml:1:1: unknown key 'poll.interval'"));
  CHECK(absl::StartsWith(ComplaintAbout("? [a, b]\n: 5s\n"), "c.yaml:1:3: unknown key"));
}

TEST_CASE("a key given twice is refused, in the file and in a group") {
  CHECK(ComplaintAbout("log: {level: info}\nlog: {format: json}\n") == "c.yaml:2:1: key 'log' is given twice");
  CHECK(ComplaintAbout("poll:\n  interval: 5s\n  interval: 6s\n") == "c.yaml:3:3: key 'interval' is given twice");
}

TEST_CASE("a wrong value is refused with its place, its key and what would be right") {
  CHECK(ComplaintAbout("poll:\n  interval: 5\n") ==
        "c.yaml:2:13: 'poll.interval': '5' is no duration: write a number with its unit, as 5s or 1m30s");
  CHECK(ComplaintAbout("log: {level: loud}") ==
        "c.yaml:1:14: 'log.level': 'loud' is not one of debug, info, warn, error");
  CHECK(ComplaintAbout("poll: {interval: 2h}") ==
        "c.yaml:1:18: 'poll.interval': '2h' is out of range: from 100ms to 1h");
  CHECK(ComplaintAbout("poll: {interval: 99ms}") ==
        "c.yaml:1:18: 'poll.interval': '99ms' is out of range: from 100ms to 1h");
  CHECK(ComplaintAbout("poll: {interval: inf}") ==
        "c.yaml:1:18: 'poll.interval': 'inf' is out of range: from 100ms to 1h");
  CHECK(ComplaintAbout("calico: {run-dir: run}") ==
        "c.yaml:1:19: 'calico.run-dir': 'run' is no absolute path: begin with '/'");
  CHECK(ComplaintAbout("log:\n  level:\n") == "c.yaml:2:3: 'log.level': has no value");
  CHECK(ComplaintAbout("log: {level: [info, warn]}") == "c.yaml:1:14: 'log.level': takes one value, not 2");
  CHECK(ComplaintAbout("web: {listen-address: []}") == "c.yaml:1:23: 'web.listen-address': has no value");
  CHECK(ComplaintAbout("web: {listen-address: [[a]]}") ==
        "c.yaml:1:23: 'web.listen-address': takes plain values, nothing nested");
  CHECK(ComplaintAbout("web: {telemetry-path: {a: b}}") ==
        "c.yaml:1:23: 'web.telemetry-path': takes plain values, nothing nested");
  CHECK(absl::StartsWith(ComplaintAbout("log: info\n"), "c.yaml:1:6: 'log' must hold keys and values"));
  CHECK(absl::StartsWith(ComplaintAbout("- log\n"), "c.yaml:1:1: the file must hold keys and values"));
}

TEST_CASE("addresses to listen on are an IP address with a port, or a port alone") {
  for (const char* good : {":10179", ":0", "127.0.0.1:65535", "0.0.0.0:80", "[::]:80", "[fd00::1]:80"}) {
    INFO(good);
    CHECK(ComplaintAbout(absl::StrCat("web: {listen-address: '", good, "'}")).empty());
  }
  for (const char* bad : {"10179", "localhost:80", "127.0.0.1", ":65536", ":-1", ":+1", ": 1", ":", "::1:80",
                          "[127.0.0.1]:80", "[::1]", "[::1:80", "127.0.0.1:80s", "a:b,c:d", ""}) {
    INFO(bad);
    CHECK(absl::StrContains(ComplaintAbout(absl::StrCat("web: {listen-address: '", bad, "'}")),
                            "is no address to listen on"));
  }
}

TEST_CASE("the metrics may be at any plain path that no other page has") {
  for (const char* good : {"/m", "/a/b-c_d.e~f", "/explained"}) {
    INFO(good);
    CHECK(ComplaintAbout(absl::StrCat("web: {telemetry-path: '", good, "'}")).empty());
  }
  for (const char* bad : {"", "metrics", "/a b", "/a?b", "/a\"b", "/a//b", "/a/../b", "/-/healthy", "/", "/explain",
                          "/explain/bird_down"}) {
    INFO(bad);
    CHECK_FALSE(ComplaintAbout(absl::StrCat("web: {telemetry-path: '", bad, "'}")).empty());
  }
}

TEST_CASE("a link of the page is a plain http or https URL, or none") {
  for (const char* good : {"", "http://g/", "https://grafana.example.com/d/caliwatch-node?var-instance={node}&x=1"}) {
    INFO(good);
    CHECK(ComplaintAbout(absl::StrCat("web: {grafana-url: '", good, "'}")).empty());
    CHECK(ComplaintAbout(absl::StrCat("web: {cluster-url: '", good, "'}")).empty());
  }
  for (const char* bad : {"grafana.example.com", "javascript:alert(1)", "ftp://g/", "https://", "https:///x",
                          "HTTPS://g/", "http://g/a b", "http://g/\"x", "http://g/<x>", "//g/"}) {
    INFO(bad);
    CHECK(
        absl::StrContains(ComplaintAbout(absl::StrCat("web: {grafana-url: '", bad, "'}")), "is no link: write one as"));
  }
  CHECK_FALSE(ComplaintAbout(absl::StrCat("web: {grafana-url: 'http://g/", std::string(2000, 'x'), "'}")).empty());
}

TEST_CASE("what is no YAML, or two documents, is refused where it goes wrong") {
  CHECK(absl::StartsWith(ComplaintAbout("log:\n  level: info\n\tformat: json\n"), "c.yaml:3:1: this is no YAML: "));
  CHECK(absl::StartsWith(ComplaintAbout("log: [info\n"), "c.yaml:2:1: this is no YAML: "));
  CHECK(absl::StartsWith(ComplaintAbout("log: *nowhere\n"), "c.yaml:1:6: this is no YAML: "));
  CHECK(absl::StrContains(ComplaintAbout("log: {level: info}\n---\nlog: {level: warn}\n"), "a second document begins"));
}

TEST_CASE("nesting and aliases cannot be piled up to exhaust the reader") {
  CHECK_FALSE(ComplaintAbout(std::string(60000, '[')).empty());
  CHECK_FALSE(ComplaintAbout(std::string(60000, '{')).empty());
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 100; ++i) absl::StrAppend(&bomb, "a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, "]\n");
  CHECK(absl::StartsWith(ComplaintAbout(bomb), "c.yaml:2:10: aliases (*NAME) are not read"));
  CHECK(absl::StrContains(ComplaintAbout("web:\n  listen-address: &a [*a, *a]\n"), "aliases (*NAME) are not read"));
}

TEST_CASE("a file that is not there, no plain file, or far too large is refused by name") {
  const TemporaryFolder folder;
  Config config;
  CHECK(absl::IsNotFound(ApplyConfigFile(folder / "none.yaml", config)));
  CHECK(ApplyConfigFile(folder.path(), config).message() ==
        absl::StrCat("the configuration: cannot read ", folder.path(), ": it is not a regular file"));
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(absl::StrContains(ApplyConfigFile(folder / "pipe", config).message(), "it is not a regular file"));
  Write(folder / "large.yaml", std::string(70000, '#'));
  CHECK(absl::StrContains(ApplyConfigFile(folder / "large.yaml", config).message(), "larger than 65536 bytes"));
}

TEST_CASE("a configuration file through a symbolic link is read, as Kubernetes mounts it") {
  const TemporaryFolder folder;
  Write(folder / "real.yaml", "poll: {interval: 7s}\n");
  std::filesystem::create_symlink(folder / "real.yaml", folder / "c.yaml");
  Config config;
  CHECK(ApplyConfigFile(folder / "c.yaml", config).ok());
  CHECK(config.poll_interval == absl::Seconds(7));
}

}  // namespace
}  // namespace caliwatch
