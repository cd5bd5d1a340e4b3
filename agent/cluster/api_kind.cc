// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/api_kind.h"

#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {

std::vector<ApiKind> ApiKinds(bool with_calicos) {
  std::vector<ApiKind> kinds;
  if (with_calicos)
    kinds = {{"IPPool", "ippools", "pools"},
             {"IPAMBlock", "ipamblocks", "blocks"},
             {"IPAMHandle", "ipamhandles", "handles"},
             {"BlockAffinity", "blockaffinities", "affinities"},
             {"IPAMConfig", "ipamconfigs", "configs"},
             {"IPReservation", "ipreservations", "reservations"},
             {"ClusterInformation", "clusterinformations", ""}};
  kinds.push_back({"Pod", "pods", "pods", false});
  kinds.push_back({"Node", "nodes", "nodes", false});
  kinds.push_back({"Service", "services", "services", false});
  return kinds;
}

std::string PathOf(const ApiKind& kind, bool newer) {
  if (!kind.is_calicos) return absl::StrCat("/api/v1/", kind.plural);
  return absl::StrCat("/apis/", newer ? "projectcalico.org/v3/" : "crd.projectcalico.org/v1/", kind.plural);
}

void ReplaceRows(const ApiKind& kind, ClusterRecords& listed, ClusterRecords& records) {
  ForEachClusterTable([&](absl::string_view name, auto member) {
    if (name != kind.table) return;
    auto& rows = (records.*member).rows;
    std::erase_if(rows, [](const auto& row) { return !absl::StartsWith(row.first, "calico/"); });
    if (rows.empty()) rows.swap((listed.*member).rows);
    rows.merge((listed.*member).rows);
  });
}

}  // namespace caliwatch
