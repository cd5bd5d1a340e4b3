// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/run_ipam.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include <absl/strings/str_join.h>
#include <malloc.h>

#include "agent/build/version.h"
#include "agent/daemon/cluster_looker.h"
#include "agent/daemon/ending.h"
#include "agent/daemon/ipam_looker.h"
#include "agent/http/http_server.h"
#include "agent/http/ipam_pages.h"
#include "agent/log/log.h"
#include "lib/model/utf8.h"
#include "lib/view/log/ipam_log.h"

namespace caliwatch {
namespace {

std::string SourcesText(const LiveSettings& sources) {
  std::vector<std::string> names;
  if (sources.in_cluster) names.push_back("in-cluster");
  if (!sources.kubeconfig.empty()) names.push_back("kubeconfig");
  if (sources.etcd) names.push_back("etcd");
  if (!sources.agents.empty()) names.push_back("agents");
  return absl::StrJoin(names, ",");
}

// There is no configuration to read again: tokens, certificates and kubeconfigs are read anew for each call.
void AwaitEnd(const sigset_t& signals) {
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP)
      return Log({LogLevel::kInfo, "ending", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}}});
    Log({LogLevel::kInfo, "SIGHUP changes nothing: what it asks with is read anew for each call"});
  }
}

}  // namespace

ExitCode RunIpam(const IpamServing& serving) {
  // As in RunAgent: each thread that answers would get a heap of its own. Large pieces are not mapped one by one as
  // there: a listing's thousand pages would cost as much again, and what they leave is given back after each look.
  mallopt(M_ARENA_MAX, 2);
  const sigset_t signals = HoldSignals();
  absl::StatusOr<std::unique_ptr<LiveSources>> sources = OpenLiveSources(serving.sources);
  if (!sources.ok()) {
    std::cerr << "caliwatch: " << Printable(sources.status().message()) << "\n";
    return absl::IsInvalidArgument(sources.status()) ? kExitUsage : kExitCannotJudge;
  }
  ConfigureLog(LogLevel::kInfo, LogFormat::kLogfmt);
  IpamLooker looker(*std::move(sources), serving.interval, [log = IpamLog()](const IpamPublication& look) mutable {
    for (const LogRecord& record : log.Follow(look.report, look.problems)) Log(record);
  });
  const std::unique_ptr<ClusterLooker> cluster = serving.nodes ? StandingClusterLooker(*serving.nodes) : nullptr;
  IpamSite site{.latest = [&looker] { return looker.Latest(); },
                .healthy = [&looker] { return looker.IsHealthy(); },
                .allowed_hosts = serving.allowed_hosts};
  if (cluster) site.cluster = [&cluster] { return cluster->Ask(); };
  const auto server = HttpServer::Start(serving.listen_addresses,
                                        [site](const HttpRequest& request) { return IpamAnswerFor(request, site); },
                                        {.setting = "listen"});
  if (!server.ok()) {
    Log({LogLevel::kError, std::string(server.status().message())});
    return Leave(kExitFailed);
  }
  Log({LogLevel::kInfo,
       "caliwatch is running",
       {{"version", std::string(Version())},
        {"revision", std::string(Revision())},
        {"listen", absl::StrJoin(serving.listen_addresses, ",")},
        {"ports", absl::StrJoin((*server)->ports(), ",")},
        {"asks", SourcesText(serving.sources)},
        {"cluster", serving.nodes ? "watched" : "not watched"},
        {"interval", absl::FormatDuration(serving.interval)}}});
  AwaitEnd(signals);
  return Leave(kExitOk);
}

}  // namespace caliwatch
