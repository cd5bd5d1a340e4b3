// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/kubernetes_reader.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {

KubernetesReader::KubernetesReader(Transfers& transfers, Load load, ClusterRecords& records, bool with_calicos,
                                   int most_quiet) {
  for (const ApiKind& kind : ApiKinds(with_calicos))
    kinds_.push_back(std::make_unique<KindWatch>(kind, transfers, parser_, load, records, most_quiet));
}

void KubernetesReader::Tick() {
  for (const auto& kind : kinds_) kind->Tick();
}

bool KubernetesReader::settled() const {
  return std::all_of(kinds_.begin(), kinds_.end(), [](const auto& kind) { return kind->settled(); });
}

std::vector<std::string> KubernetesReader::Problems() const {
  struct Problem {
    absl::Status status;
    std::vector<absl::string_view> kinds;
  };
  std::vector<Problem> problems;
  // The words of what is forbidden name the kind, so that no two are the same.
  const auto alike = [](const absl::Status& a, const absl::Status& b) {
    const bool by_code = absl::IsPermissionDenied(a) || absl::IsUnauthenticated(a);
    return a.code() == b.code() && (by_code || a.message() == b.message());
  };
  for (const auto& kind : kinds_) {
    const absl::Status& status = kind->status();
    // A cluster need not have every kind: who needs it finds its table NotFound.
    if (status.ok() || absl::IsNotFound(status)) continue;
    auto problem =
        std::find_if(problems.begin(), problems.end(), [&](const Problem& each) { return alike(each.status, status); });
    if (problem == problems.end()) problem = problems.insert(problem, {status, {}});
    problem->kinds.push_back(kind->kind().plural);
  }
  std::vector<std::string> lines;
  for (const Problem& problem : problems)
    lines.push_back(
        absl::StrCat("Kubernetes API, ", absl::StrJoin(problem.kinds, ", "), ": ", problem.status.message()));
  return lines;
}

}  // namespace caliwatch
