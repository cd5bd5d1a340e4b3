// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/run_agent.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

#include <absl/cleanup/cleanup.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <malloc.h>

#include "agent/build/version.h"
#include "agent/config/listen_address.h"
#include "agent/config/live_paths.h"
#include "agent/daemon/arrivals.h"
#include "agent/daemon/cluster_looker.h"
#include "agent/daemon/confinement.h"
#include "agent/daemon/ending.h"
#include "agent/daemon/event_listener.h"
#include "agent/daemon/felix_asker.h"
#include "agent/daemon/node_prober.h"
#include "agent/daemon/poller.h"
#include "agent/daemon/probe_round.h"
#include "agent/daemon/state_file.h"
#include "agent/http/http_server.h"
#include "agent/http/pages.h"
#include "agent/log/log.h"
#include "lib/model/utf8.h"
#include "lib/node/felix_answers.h"
#include "lib/node/live_node.h"
#include "lib/view/log/change_log.h"

namespace caliwatch {
namespace {

// Of a configuration that was read just now.
PollOptions PollOptionsOf(const Config& config) {
  return {.interval = config.poll_interval,
          .peer_detail = config.peer_detail,
          .config_reload = {.successful = true, .last_success = absl::Now()},
          .watched_routes = config.watched_routes};
}

void LogChanges(const Report* before, const Report& now) {
  for (const LogRecord& record : RecordsOf(before, now)) Log(record);
}

// What this poll read, not what one before it did.
void TellRecoveries(const Report& now, EventListener& listener) {
  for (const Family family : kFamilies) {
    const BirdReport& bird = now.birds[family];
    if (bird.reading && bird.reading->status.ok() && bird.status.ok())
      listener.FollowRecovery(family, bird.status->recovery.has_value());
  }
}

// Takes over what a running agent can take over, and names the rest.
void Adopt(const Config& running, const Config& wanted, Poller& poller) {
  for (const Setting& setting : AllSettings()) {
    const std::string before = setting.get(running), after = setting.get(wanted);
    if (before == after) continue;
    Log({setting.live ? LogLevel::kInfo : LogLevel::kWarn,
         setting.live ? "setting changed" : "setting changed in the file, but takes a restart",
         {{"setting", std::string(setting.name)}, {"from", before}, {"to", after}}});
  }
  ConfigureLog(wanted.log_level, wanted.log_format);
  poller.Configure(PollOptionsOf(wanted));
}

void Reload(const ConfigSource& source, Config& running, Poller& poller) {
  const absl::StatusOr<Config> wanted = LoadConfig(source);
  if (!wanted.ok()) {
    Log({LogLevel::kError,
         "configuration refused, the running one stays",
         {{"error", std::string(wanted.status().message())}}});
    poller.ReportRefusedConfig();
    return;
  }
  Adopt(running, *wanted, poller);
  running = *wanted;
  Log({LogLevel::kInfo, "configuration read again", {{"file", source.file}}});
}

// Until a signal ends the agent.
void ServeSignals(const sigset_t& signals, const ConfigSource& source, Config& config, Poller& poller) {
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) {
      Log({LogLevel::kInfo, "ending", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}}});
      return;
    }
    Reload(source, config, poller);
  }
}

// Some 300,000 routes: BIRD's peers say how many there are, and the agent's memory must not be theirs to fill.
constexpr size_t kMostBirdBytes = size_t{24} << 20;

// The node as the agent reads it: no poll waits for Felix.
class AgentsNode : public LiveNode {
 public:
  explicit AgentsNode(const Config& config)
      : LiveNode(PathsOf(config), {.answer_bytes = kMostBirdBytes}),
        felix_([addresses = config.felix_health_addresses] { return AskFelix(addresses); }) {}

  void Begin() { felix_.Begin(); }
  absl::StatusOr<std::string> ReadText(TextSource source) override {
    return source == TextSource::kFelix ? felix_.Latest() : LiveNode::ReadText(source);
  }

 private:
  FelixAsker felix_;
};

struct Servers {
  std::unique_ptr<HttpServer> all, health;  // none of the second where none is wanted
};

// The probes have a server of their own, so that no client of the other keeps them from being answered.
absl::StatusOr<Servers> Serve(const Config& config, const Site& site) {
  Servers servers;
  auto all = HttpServer::Start(config.listen_addresses,
                               [site](const HttpRequest& request) { return AnswerFor(request, site); });
  if (!all.ok()) return all.status();
  servers.all = *std::move(all);
  if (config.health_addresses.empty()) return servers;
  constexpr HttpServerOptions kHealth{.setting = "web.health-address", .threads = 2};
  auto health = HttpServer::Start(
      config.health_addresses, [site](const HttpRequest& request) { return HealthAnswerFor(request, site); }, kHealth);
  if (!health.ok()) return health.status();
  servers.health = *std::move(health);
  return servers;
}

constexpr const char* kProc = "/proc";

// Null: no other node is asked. They are taken to listen at the port of this one.
std::unique_ptr<NodeProber> ProberOf(const Config& config) {
  const auto listens = ListenAddress::Parse(config.listen_addresses.front());
  if (!config.probe_nodes || !listens.ok()) return nullptr;
  return std::make_unique<NodeProber>([port = listens->port](const ProbeTarget& target) {
    const auto ask = [port](const IpAddress& address, const AgentQuestion& question) {
      return AskOverTcp(address, port, question);
    };
    return AskInOneRound(target, ask, [](const std::string& device) { return CountArrivals(kProc, {device}); });
  });
}

// What a poll needed only while it went on, and a fault for its thousands of findings, lies between what stays. Given
// back at each poll, much of it would be asked for anew at the next: so that is done after a peak alone.
class FreeMemory {
 public:
  void GiveBack() {
    const Poller::Clock::time_point now = Poller::Clock::now();
    if (now - given_back_ < (IsMostlyFree() ? kPauseAfterPeak : kPause)) return;
    given_back_ = now;
    malloc_trim(0);
  }

 private:
  static bool IsMostlyFree() {
    const struct mallinfo2 heaps = mallinfo2();
    return heaps.fordblks > heaps.uordblks + heaps.hblkhd;
  }

  static constexpr std::chrono::milliseconds kPause{3000}, kPauseAfterPeak{500};
  Poller::Clock::time_point given_back_ = {};
};

// What an agent before this one knew; without it, this one starts anew.
PersistentState LoadState(StateFile& state_file) {
  absl::StatusOr<PersistentState> state = state_file.Load();
  if (state.ok()) return *std::move(state);
  if (!absl::IsNotFound(state.status()))
    Log({LogLevel::kWarn,
         "starting without what was known before",
         {{"error", std::string(state.status().message())}}});
  return {};
}

}  // namespace

ExitCode RunAgent(const ConfigSource& source) {
  // Else each of the many threads that answer gets a heap of its own, and keeps the most that it ever needed.
  mallopt(M_ARENA_MAX, 2);
  // glibc's own to begin with; it would raise it, and keep tables of which only a poll has need.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  absl::StatusOr<Config> config = LoadConfig(source);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << Printable(config.status().message()) << "\n";
    return kExitUsage;
  }
  const sigset_t signals = HoldSignals();
  const std::string confinement = Confine(*config);
  ConfigureLog(config->log_level, config->log_format);

  AgentsNode node(*config);
  StateFile state_file(config->state_file);
  EventListener listener(config->calico_run_dir);
  const std::unique_ptr<NodeProber> prober = ProberOf(*config);
  const auto take_journal = [&] {
    Journal journal = listener.Take();
    if (prober) journal.probes = prober->Take();
    return journal;
  };
  FreeMemory free_memory;
  const auto on_report = [&](const Report* before, const Report& now) {
    LogChanges(before, now);
    TellRecoveries(now, listener);
    if (prober && now.reach) prober->SetTargets(now.reach->targets);
  };
  Poller poller(node, PollOptionsOf(*config), on_report,
                {.state = LoadState(state_file),
                 .recall = [&] { return state_file.Peek().value_or(PersistentState()); },
                 .begin = [&] { node.Begin(); },
                 .take_journal = take_journal,
                 .remember = [&](const PersistentState& state) { return state_file.Save(state); },
                 .end = [&] { free_memory.GiveBack(); }});
  listener.SetWakeup([&] { poller.Wake(); });
  const absl::Cleanup stop_waking = [&] { listener.SetWakeup(nullptr); };
  Site site{.telemetry_path = config->telemetry_path,
            .latest = [&poller] { return poller.Latest(); },
            .healthy = [&poller] { return poller.IsHealthy(); },
            .allowed_hosts = config->allowed_hosts,
            .grafana_url = config->grafana_url,
            .cluster_url = config->cluster_url};
  site.count_arrivals = [](const std::vector<std::string>& devices) { return CountArrivals(kProc, devices); };
  if (prober) site.heard_from = [&](const IpAddress& asker, bool in_doubt) { prober->HeardFrom(asker, in_doubt); };
  const std::unique_ptr<ClusterLooker> cluster = ClusterLookerOf(*config);
  if (cluster) site.cluster = [&](const HttpRequest& request) { return ClusterAnswerFor(request, cluster->Ask()); };
  const absl::StatusOr<Servers> servers = Serve(*config, site);
  if (!servers.ok()) {
    Log({LogLevel::kError, std::string(servers.status().message())});
    return Leave(kExitFailed);
  }
  Log({LogLevel::kInfo,
       "caliwatch is running",
       {{"version", std::string(Version())},
        {"revision", std::string(Revision())},
        {"listen", absl::StrJoin(config->listen_addresses, ",")},
        {"ports", absl::StrJoin(servers->all->ports(), ",")},
        {"health_ports", servers->health ? absl::StrJoin(servers->health->ports(), ",") : ""},
        {"poll_interval", absl::FormatDuration(config->poll_interval)},
        {"confinement", confinement}}});
  ServeSignals(signals, source, *config, poller);
  return Leave(kExitOk);
}

}  // namespace caliwatch
