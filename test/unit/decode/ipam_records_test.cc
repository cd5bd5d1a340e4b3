// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/ipam_records.h"

#include <string>

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json Pod(const std::string& name, const std::string& address) {
  return {{"kind", "Pod"},
          {"metadata", {{"name", name}, {"namespace", "default"}, {"resourceVersion", "7"}}},
          {"status", {{"podIP", address}}}};
}

}  // namespace

TEST_CASE("an object's key is its name with its namespace, and Calico's own node is another than Kubernetes'") {
  CHECK(KeyOf(Pod("web-1", "10.0.0.1")).value() == "default/web-1");
  Json node = {{"kind", "Node"}, {"apiVersion", "v1"}, {"metadata", {{"name", "n1"}}}};
  CHECK(KeyOf(node).value() == "n1");
  node["apiVersion"] = "projectcalico.org/v3";
  CHECK(KeyOf(node).value() == "calico/n1");
  CHECK(Says(KeyOf(Json::object()).status(), "metadata.name is missing"));
  CHECK(Says(KeyOf(Json(1)).status(), "it is no JSON object"));
  CHECK(ResourceVersionOf(Pod("web-1", "")) == "7");
  CHECK(ResourceVersionOf(Json(1)).empty());
}

TEST_CASE("an object is added, replaced and removed by its key") {
  ClusterRecords records;
  CHECK(PutObject("Pod", Pod("web-1", "10.0.0.1"), records).ok());
  CHECK(PutObject("Pod", Pod("web-2", "10.0.0.2"), records).ok());
  CHECK(PutObject("Pod", Pod("web-1", "10.0.0.3"), records).ok());
  REQUIRE(records.pods.rows.size() == 2);
  CHECK(records.pods.rows.at("default/web-1").addresses.at(0).ToString() == "10.0.0.3");
  CHECK(absl::IsNotFound(records.pods.complete));
  CHECK(RemoveObject("Pod", Pod("web-1", ""), records).ok());
  CHECK(records.pods.rows.size() == 1);
  CHECK(RemoveObject("Pod", Pod("web-1", ""), records).ok());
  CHECK_FALSE(RemoveObject("Pod", Json(1), records).ok());
}

TEST_CASE("what is not understood is named, and the row that there was stays") {
  ClusterRecords records;
  CHECK(PutObject("Pod", Pod("web-1", "10.0.0.1"), records).ok());
  const absl::Status status = PutObject("Pod", Pod("web-1", "nowhere\x1b"), records);
  CHECK(Says(status, "Pod default/web-1: status.podIP is no address, but 'nowhere"));
  CHECK(status.message().find('\x1b') == absl::string_view::npos);
  CHECK(records.pods.rows.at("default/web-1").addresses.at(0).ToString() == "10.0.0.1");
}

TEST_CASE("kinds without a table do nothing") {
  ClusterRecords records;
  CHECK(PutObject("ConfigMap", Pod("x", ""), records).ok());
  CHECK(RemoveObject("ConfigMap", Pod("x", ""), records).ok());
  CHECK_FALSE(StateOf("ConfigMap", records).has_value());
  for (const char* kind : {"IPPool", "IPAMBlock", "IPAMHandle", "BlockAffinity", "IPAMConfig", "IPAMConfiguration",
                           "IPReservation", "Pod", "Node", "Service", "WorkloadEndpoint"})
    CHECK(StateOf(kind, records).has_value());
  StateOf("Pod", records)->complete = absl::OkStatus();
  CHECK(records.pods.complete.ok());
}

TEST_CASE("what calicoctl compares before it releases is kept") {
  ClusterRecords records;
  const Json object = Json::parse(R"({"metadata": {"name": "default", "resourceVersion": "12"}, "spec": {
      "clusterGUID": "g", "clusterType": "k8s,bgp", "calicoVersion": "v3.32.1", "datastoreReady": false}})");
  CHECK(PutObject("ClusterInformation", object, records).ok());
  CHECK(records.cluster_guid == "g");
  CHECK(records.cluster_type == "k8s,bgp");
  CHECK(records.calico_version == "v3.32.1");
  CHECK(records.cluster_info_revision == "12");
  CHECK(records.datastore_locked);
  CHECK_FALSE(PutObject("ClusterInformation", Json{{"metadata", {{"name", "default"}}}, {"spec", 1}}, records).ok());
  CHECK(records.cluster_guid == "g");
}

}  // namespace caliwatch
