// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/live_sources.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "agent/cluster/agent_reader.h"
#include "agent/cluster/etcd_access.h"
#include "agent/cluster/etcd_reader.h"
#include "agent/cluster/kubernetes_access.h"
#include "agent/cluster/kubernetes_reader.h"
#include "agent/cluster/transfers.h"
#include "lib/node/deadline.h"

namespace caliwatch {
namespace {

absl::StatusOr<KubernetesAccess> KubernetesAccessOf(const LiveSettings& settings) {
  return settings.kubeconfig.empty() ? InClusterAccess(EnvironmentOfProcess) : KubeconfigAccess(settings.kubeconfig);
}

class Sources : public LiveSources {
 public:
  Sources(const LiveSettings& settings, std::optional<AgentList> agents) : agents_(std::move(agents)) {
    const bool has_api = settings.in_cluster || !settings.kubeconfig.empty();
    // Calico keeps its records in one of the two.
    if (settings.etcd)
      etcd_ = std::make_unique<EtcdReader>(
          transfers_, [] { return EtcdAccessFrom(EnvironmentOfProcess); }, records_, !has_api);
    if (has_api)
      kubernetes_ = std::make_unique<KubernetesReader>(
          transfers_, [settings] { return KubernetesAccessOf(settings); }, records_, !settings.etcd);
  }

  void Look(absl::Duration within) override {
    const Deadline deadline(within);
    do {
      Go(absl::Milliseconds(std::min(deadline.Milliseconds(), kRoundMilliseconds)));
    } while (!settled() && deadline.Milliseconds() > 0);
    if (!agents_) return;
    agent_problems_.clear();
    AgentReader(transfers_).Read(AgentAddressesOf(*agents_, records_.nodes, agent_problems_), within, records_.reports);
    NoteUnknownNodes();
  }

  void Wait(absl::Duration time) override {
    for (const Deadline deadline(time); deadline.Milliseconds() > 0;) {
      const absl::Duration round = absl::Milliseconds(std::min(deadline.Milliseconds(), kRoundMilliseconds));
      const Deadline end(round);
      Go(round);
      // Where nothing is on its way, Go() has nothing to wait for.
      absl::SleepFor(absl::Milliseconds(end.Milliseconds()));
    }
  }

  const ClusterRecords& records() const override { return records_; }

  std::vector<std::string> problems() const override {
    std::vector<std::string> problems = agent_problems_;
    const auto add = [&](const std::vector<std::string>& more) {
      problems.insert(problems.end(), more.begin(), more.end());
    };
    if (kubernetes_) add(kubernetes_->Problems());
    if (etcd_) add(etcd_->Problems());
    return problems;
  }

 private:
  static constexpr int kRoundMilliseconds = 200;  // in which calls become due

  void Go(absl::Duration time) {
    if (kubernetes_) kubernetes_->Tick();
    if (etcd_) etcd_->Tick();
    transfers_.Run(time);
  }

  // However many they are, one line.
  void NoteUnknownNodes() {
    size_t unknown = 0;
    absl::Status first;
    for (const auto& [node, report] : records_.reports.rows) {
      unknown += !report.kernel.ok();
      first.Update(report.kernel);
    }
    if (unknown > 0)
      agent_problems_.push_back(absl::StrCat("agents: ", unknown, " of ", records_.reports.rows.size(),
                                             " nodes are not known for sure: ", first.message()));
  }

  bool settled() const { return (!kubernetes_ || kubernetes_->settled()) && (!etcd_ || etcd_->settled()); }

  const std::optional<AgentList> agents_;
  ClusterRecords records_;
  Transfers transfers_;
  std::unique_ptr<EtcdReader> etcd_;
  std::unique_ptr<KubernetesReader> kubernetes_;
  std::vector<std::string> agent_problems_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LiveSources>> OpenLiveSources(const LiveSettings& settings) {
  std::optional<AgentList> agents;
  if (!settings.agents.empty()) {
    absl::StatusOr<AgentList> list = AgentListFrom(settings.agents);
    if (!list.ok()) return list.status();
    agents = *std::move(list);
  }
  // What is wrong at the beginning is told at once, whatever may become of it later.
  if (settings.in_cluster || !settings.kubeconfig.empty())
    if (const auto access = KubernetesAccessOf(settings); !access.ok()) return access.status();
  if (settings.etcd)
    if (const auto access = EtcdAccessFrom(EnvironmentOfProcess); !access.ok()) return access.status();
  return std::make_unique<Sources>(settings, std::move(agents));
}

}  // namespace caliwatch
