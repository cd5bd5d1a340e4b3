// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/api_kind.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("each kind is asked for where Kubernetes and Calico have it") {
  CHECK(ApiKinds(false).size() == 3);
  CHECK(PathOf(ApiKinds(false)[0], false) == "/api/v1/pods");
  CHECK(PathOf(ApiKinds(true)[1], false) == "/apis/crd.projectcalico.org/v1/ipamblocks");
  CHECK(PathOf(ApiKinds(true)[1], true) == "/apis/projectcalico.org/v3/ipamblocks");
}

TEST_CASE("every kind with a table names one that there is") {
  size_t found = 0, named = 0;
  for (const ApiKind& kind : ApiKinds(true)) {
    named += !kind.table.empty();
    ForEachClusterTable([&](absl::string_view table, auto) { found += table == kind.table; });
  }
  CHECK(named == 9);
  CHECK(found == named);
}

TEST_CASE("a new listing takes the place of the old one, and leaves nodes of Calico's etcd") {
  ClusterRecords records, listed;
  records.nodes.rows["n1"].name = records.nodes.rows["calico/n1"].name = "n1";
  records.pods.rows["default/web"].name = "default/web";
  listed.nodes.rows["n2"].name = "n2";
  for (const ApiKind& kind : ApiKinds(false))
    if (kind.kind == "Node") ReplaceRows(kind, listed, records);
  CHECK(records.nodes.rows.size() == 2);
  CHECK(records.nodes.rows.count("n2") == 1);
  CHECK(records.nodes.rows.count("calico/n1") == 1);
  CHECK(records.pods.rows.size() == 1);
}

}  // namespace
}  // namespace caliwatch
