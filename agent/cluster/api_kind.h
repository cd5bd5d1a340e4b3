// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// One kind of objects of the Kubernetes API.
struct ApiKind {
  absl::string_view kind;    // "IPAMBlock"
  absl::string_view plural;  // "ipamblocks"
  absl::string_view table;   // of ClusterRecords, as ForEachClusterTable() names it; "": none
  bool is_calicos = true;
};

// Those of Calico's IPAM, if they are kept there, then the cluster's own: pods, nodes, services.
std::vector<ApiKind> ApiKinds(bool with_calicos);

// "/apis/crd.projectcalico.org/v1/ippools"; with `newer` the group that Calico 3.32 can use instead,
// "/apis/projectcalico.org/v3/ippools".
std::string PathOf(const ApiKind& kind, bool newer);

// Calls `visit(table)` with the table of that name, if there is one.
template <class Visit>
void VisitTable(ClusterRecords& records, absl::string_view name, Visit&& visit) {
  ForEachClusterTable([&](absl::string_view each, auto member) {
    if (each == name) visit(records.*member);
  });
}

// Puts the rows of `kind` that a whole listing brought in the place of those that an earlier one did. Nodes as Calico's
// etcd has them stay.
void ReplaceRows(const ApiKind& kind, ClusterRecords& listed, ClusterRecords& records);

}  // namespace caliwatch
