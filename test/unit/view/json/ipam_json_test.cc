// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/ipam_json.h"

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

ClusterRecords WithLeak() {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  records.cluster_guid = "guid";
  records.cluster_type = "k8s,bgp";
  records.cluster_info_revision = "12";
  records.calico_version = "v3.32.1";
  return records;
}

}  // namespace

TEST_CASE("a look is told with its findings, checks, evidence and pools") {
  const Json json = Json::parse(IpamJson(LookTwice(WithLeak())));
  CHECK(json["format"] == 1);
  CHECK(json["outcome"] == "findings");
  CHECK(json["recorded_addresses"] == 20);
  REQUIRE(json["findings"].size() == 1);
  const Json& finding = json["findings"][0];
  CHECK(finding["check"] == "ipam_address_leaked");
  CHECK(finding["subject"] == "10.48.1.1");
  CHECK(finding["node"] == "n1");
  CHECK(finding["sure"] == true);
  CHECK(finding["since"] == "2026-11-27T15:56:40.000Z");
  CHECK(finding["cause"].is_null());
  CHECK(json["safe_to_release"] == Json::array({"10.48.1.1"}));
  CHECK(json["pools"][0]["recorded"] == 20);
  CHECK(json["pools"][0]["full_in_seconds"].is_null());
  for (const Json& reading : json["evidence"]) {
    if (reading["kind"] == "endpoints") CHECK(reading["given"] == false);
    if (reading["kind"] == "endpoints") CHECK(reading["rows"].is_null());
    if (reading["kind"] == "pods") CHECK(reading["error"].is_null());
    CHECK(reading["unknown_rows"] == 0);
  }
}

TEST_CASE("doubts and what cannot be judged are told by check") {
  ClusterRecords records = WithLeak();
  records.reports.rows.erase("n1");
  records.handles.complete = absl::DataLossError("cut off");
  const Json json = Json::parse(IpamJson(LookTwice(records)));
  CHECK(json["outcome"] == "cannot_judge");
  for (const Json& check : json["checks"]) {
    if (check["check"] == "ipam_address_leaked") {
      REQUIRE(check["doubts"].size() == 1);
      CHECK(check["doubts"][0]["subjects"] == Json::array({"10.48.1.1"}));
      CHECK(check["doubts"][0]["count"] == 1);
    }
    if (check["check"] == "ipam_handle_disagrees") CHECK(check["error"] == "cut off");
    if (check["check"] == "ipam_endpoint_without_pod") CHECK(check["applies"] == false);
  }
}

TEST_CASE("the report for calicoctl has the fields that it reads, and nothing in use") {
  ClusterRecords records = WithLeak();
  records.handles.rows["x"] = {
      .id = "k8s-pod-network.left", .blocks = {{Block("10.48.1.0/26"), 1}}, .uid = "", .revision = "9"};
  const Json json = Json::parse(ReleaseReportJson(LookTwice(records).releases));
  CHECK(json["version"] == "v3.32.1");
  CHECK(json["clusterGUID"] == "guid");
  CHECK(json["clusterType"] == "k8s,bgp");
  CHECK(json["clusterInformationRevision"] == "12");
  CHECK(json["datastoreLocked"] == false);
  CHECK(json["allocations"] == Json::parse(R"({"10.48.1.1": [{"ip": "10.48.1.1",
      "handle": "k8s-pod-network.sandbox-of-default/web-11", "sequenceNumber": 8, "pod": "web-11", "namespace": "default",
      "node": "n1", "creationTimestamp": "2026-11-27T14:56:40.000Z", "inUse": false, "owners": null}]})"));
  CHECK(json["leakedHandles"] == Json::parse(R"([{"ID": "k8s-pod-network.left", "UID": null, "Revision": "9"}])"));
}

TEST_CASE("an address's facts are told one by one") {
  const Json json =
      Json::parse(AddressJson(AddressOf("10.48.1.1"), {{"record", "no\xff"}}, LookTwice(HealthyCluster())));
  CHECK(json["address"] == "10.48.1.1");
  CHECK(json["facts"] == Json::parse(R"([{"about": "record", "text": "no\ufffd"}])"));
}

}  // namespace caliwatch
