// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

using Doubts = EndpointFileHistory::Doubts;

// More than pods that end and start while somebody looks: then their age need not be known.
bool AreSeveral(const Doubts& doubts) {
  const auto count = [&](FileDoubt kind) {
    return std::count_if(doubts.begin(), doubts.end(), [&](const auto& doubt) { return doubt.second.doubt == kind; });
  };
  return count(FileDoubt::kNoInterface) > 1 && count(FileDoubt::kNoFile) > 1;
}

// What Felix has left so for longer than it ever takes. `well`: for how long Felix has been ready, where that is known.
Doubts OldOnes(const Doubts& doubts, const std::optional<absl::Duration>& well) {
  const bool several = AreSeveral(doubts);
  Doubts old;
  for (const auto& [interface, doubt] : doubts)
    if ((doubt.was_there && several) || std::min(doubt.age, well.value_or(doubt.age)) >= kFelixCatchesUp)
      old[interface] = doubt;
  return old;
}

std::optional<absl::Duration> OldestOf(const Doubts& old) {
  absl::Duration oldest;
  for (const auto& [interface, doubt] : old) {
    if (doubt.was_there) return std::nullopt;
    oldest = std::max(oldest, doubt.age);
  }
  return oldest;
}

Judgement StaleFiles(const Evidence& evidence) {
  if (absl::IsNotFound(evidence.now.endpoints.status())) return evidence.now.endpoints.status();
  const auto& files = std::get<absl::StatusOr<EndpointFiles>>(evidence.derived);
  if (!files.ok()) return files.status();
  const FelixRecollection& felix = evidence.before.felix;
  if (felix.is_away || IsLoneLoss(*files, felix)) return std::vector<Finding>{};
  const Doubts old = OldOnes(felix.doubts, felix.lasted);
  if (old.empty()) return std::vector<Finding>{};
  const auto& owners = *std::get<absl::StatusOr<WorkloadOwners>>(evidence.derived);
  Finding finding{NodeWide::kEndpointFiles,
                  std::nullopt,
                  absl::StrCat("the ", files->with_interface, files->with_interface == 1 ? " file does" : " files do",
                               " not follow the pods of this node: ", DoubtsText(old, owners)),
                  "",
                  {NodeWide::kFelix}};
  finding.lasted = OldestOf(old);
  return std::vector<Finding>{finding};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(CalicoNodePod(evidence)), Look(absl::StrCat(DescribeCalicoNode(evidence), " | grep Image:")),
          Look(CalicoNodeLog(evidence, "-i endpoint-status")), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "endpoint_files_stale",
        .severity = Severity::kWarning,
        .summary = "The files in which Felix tells which pods this node has are stale.",
        .impact = "Nothing by itself, but Felix may not run or not keep up; and what is wrong with single pods of this "
                  "node is found less surely.",
        .meaning = "Felix of Calico 3.30 and newer writes a file for each pod in endpoint-status, and removes it "
                   "within seconds when the pod or its interface is gone. Here files and interfaces contradict each "
                   "other for longer. Nobody writes them any more (an older Calico was put back, or they were switched "
                   "off), or Felix does not run, hangs or fails each time it applies what it knows. Nothing is "
                   "concluded from the files that are named.",
        .remedy =
            "See which Calico runs here and whether it is ready (kubectl -n calico-system get pods -o wide; describe "
            "pod NAME | grep Image). 3.30 or newer: delete calico-node's pod here; Felix writes all files anew when it "
            "starts, and its log says what fails otherwise. Older, or endpointStatusPathPrefix is empty in "
            "FelixConfiguration: the files are left over; delete the folder (rm -r /var/run/calico/endpoint-status) "
            "and restart caliwatch here. A pod of an interface that is gone and which still runs (kubectl get pod -n "
            "NAMESPACE NAME) has lost it: delete the pod so that it is made anew.",
        .time_to_hold = absl::Seconds(30),
        .causes = {{"felix_restarts_often"}, {"felix_down"}, {"felix_not_ready"}},
        .says = "do not follow the pods of this node",
    },
    JudgeNode(StaleFiles), CommandsOf);

}  // namespace
}  // namespace caliwatch
