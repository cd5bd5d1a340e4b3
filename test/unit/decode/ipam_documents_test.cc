// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/ipam_documents.h"

#include <fstream>
#include <sstream>
#include <string>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1795794999);

absl::Status Add(const std::string& text, ClusterRecords& records, absl::Time at = kNow) {
  std::istringstream in(text);
  return AddDocuments(in, "pods.json", at, records);
}

std::string PodText(const std::string& name, const std::string& address = "10.0.0.1") {
  return absl::StrCat(R"({"kind": "Pod", "metadata": {"name": ")", name,
                      R"(", "namespace": "default"}, "status": {"podIP": ")", address, R"("}})");
}

std::string KeyValue(const std::string& key, const std::string& value) {
  return absl::StrCat(R"({"key": ")", absl::Base64Escape(key), R"(", "value": ")", absl::Base64Escape(value),
                      R"(", "mod_revision": 43})");
}

}  // namespace

TEST_CASE("etcd's answer of a whole Calico cluster is read whole") {
  std::ifstream in(CALIWATCH_SOURCE_DIR "/test/recordings/calico/etcd/healthy.json");
  ClusterRecords records;
  const absl::Status status = AddDocuments(in, "etcd", kNow, records);
  INFO(status);
  CHECK(status.ok());
  CHECK(records.blocks.rows.size() == 3);
  CHECK(records.handles.rows.size() == 9);
  CHECK(records.affinities.rows.size() == 3);
  CHECK(records.pools.rows.size() == 1);
  CHECK(records.nodes.rows.size() == 3);
  CHECK(records.endpoints.rows.size() == 9);
  size_t addresses = 0;
  for (const auto& [name, block] : records.blocks.rows) addresses += block.records.size();
  CHECK(addresses == 9);
  for (const absl::Status& complete :
       {records.blocks.complete, records.handles.complete, records.affinities.complete, records.configs.complete,
        records.pools.complete, records.nodes.complete, records.endpoints.complete, records.reservations.complete})
    CHECK(complete.ok());
  CHECK(absl::IsNotFound(records.pods.complete));
  CHECK(records.blocks.read_at == kNow);
  CHECK(records.cluster_guid == "2592021066d94cf78dfe59d9aed23c2d");
  CHECK(records.handles.rows.begin()->second.revision != "");
}

TEST_CASE("kubectl's List is read, and tells of the kinds in it alone") {
  ClusterRecords records;
  CHECK(Add(absl::StrCat(R"({"apiVersion": "v1", "items": [)", PodText("a"), ",", PodText("b"),
                         R"(], "kind": "List", "metadata": {"resourceVersion": ""}})"),
            records)
            .ok());
  CHECK(records.pods.rows.size() == 2);
  CHECK(records.pods.complete.ok());
  CHECK(records.pods.read_at == kNow);
  CHECK(absl::IsNotFound(records.nodes.complete));
}

TEST_CASE("a list of the API itself names its kind, empty or not") {
  ClusterRecords records;
  CHECK(Add(R"({"kind": "PodList", "items": [{"metadata": {"name": "a", "namespace": "x"}}]})"
            R"({"kind": "NodeList", "items": []})",
            records)
            .ok());
  CHECK(records.pods.rows.size() == 1);
  CHECK(records.nodes.complete.ok());
  CHECK(Says(Add(R"({"items": [{"metadata": {"name": "a"}}], "kind": "PodList"})", records),
             "pods.json: it has items whose kind is not told"));
}

TEST_CASE("of two documents of a kind the older's time counts") {
  ClusterRecords records;
  CHECK(Add(PodText("a"), records).ok());
  CHECK(Add(PodText("b"), records, kNow - absl::Minutes(9)).ok());
  CHECK(records.pods.read_at == kNow - absl::Minutes(9));
}

TEST_CASE("an object that is not understood leaves its table incomplete, with the others in it") {
  ClusterRecords records;
  const absl::Status status = Add(absl::StrCat(R"({"kind": "PodList", "items": [)", PodText("a"), ",",
                                               PodText("b", "nowhere"), ",", PodText("c"), "]}"),
                                  records);
  CHECK(Says(status, "pods.json: Pod default/b: status.podIP is no address"));
  CHECK(records.pods.rows.size() == 2);
  CHECK(Says(records.pods.complete, "pods.json: Pod default/b"));
}

TEST_CASE("a document that is cut off leaves what it began incomplete") {
  ClusterRecords records;
  const absl::Status status = Add(absl::StrCat(R"({"kind": "List", "items": [)", PodText("a"), ","), records);
  CHECK(absl::IsDataLoss(status));
  CHECK(records.pods.rows.size() == 1);
  CHECK(absl::IsDataLoss(records.pods.complete));
}

TEST_CASE("a page of a longer list is incomplete") {
  ClusterRecords records;
  CHECK(
      Says(Add(absl::StrCat(R"({"kind": "PodList", "items": [)", PodText("a"), R"(], "metadata": {"continue": "x"}})"),
               records),
           "one page of a longer list"));
  CHECK(absl::IsDataLoss(records.pods.complete));
  ClusterRecords etcd;
  const std::string kvs =
      absl::StrCat(KeyValue("/calico/ipam/v2/handle/a", "{}"), ",", KeyValue("/calico/ipam/v2/handle/b", "{}"));
  CHECK(Says(Add(absl::StrCat(R"({"header": {}, "kvs": [)", kvs, R"(], "more": true})"), etcd), "more keys"));
  CHECK(absl::IsDataLoss(etcd.handles.complete));
}

TEST_CASE("etcd's answer proves what lies within its range of keys") {
  ClusterRecords records;
  CHECK(Add(absl::StrCat(R"({"header": {}, "kvs": [)",
                         KeyValue("/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-26", R"({"cidr": "10.0.0.0/26"})"),
                         ",", KeyValue("/calico/ipam/v2/host/n1/ipv4/block/10.0.0.0-26", "{}"), "]}"),
            records)
            .ok());
  CHECK(records.handles.complete.ok());
  CHECK(records.blocks.complete.ok());
  CHECK(absl::IsNotFound(records.endpoints.complete));
  ClusterRecords one;
  CHECK(Says(Add(absl::StrCat(R"({"header": {}, "kvs": [)", KeyValue("/calico/ipam/v2/handle/a", "{}"), "]}"), one),
             "one key alone"));
  CHECK(absl::IsDataLoss(one.handles.complete));
}

TEST_CASE("etcd v2 prints a tree, or one value without its key") {
  ClusterRecords records;
  CHECK(Add(R"({"action": "get", "node": {"key": "/calico", "dir": true, "nodes": [
      {"key": "/calico/ipam", "dir": true, "nodes": [
        {"key": "/calico/ipam/v2/handle/default.web-0", "value": "{\"block\": {\"10.0.0.0/26\": 2}}"}]},
      {"key": "/calico/v1", "dir": true}]}})",
            records)
            .ok());
  CHECK(records.handles.rows.at("default.web-0").blocks.at(0).second == 2);
  CHECK(records.handles.complete.ok());
  CHECK(Says(Add(R"({"cidr": "10.0.0.0/26", "allocations": [null]})", records), "it is one block alone"));
  CHECK(records.blocks.rows.size() == 1);
  CHECK(absl::IsDataLoss(records.blocks.complete));
}

TEST_CASE("what is no document of records is an error") {
  ClusterRecords records;
  CHECK(Says(Add("", records), "pods.json: it is empty"));
  CHECK(Says(Add("{}", records), "neither Kubernetes' nor etcd's"));
  CHECK(Says(Add("apiVersion: v1", records), "no JSON"));
  CHECK(Says(Add(R"({"header": {}, "kvs": [{"key": "%"}]})", records), "not in base64"));
}

}  // namespace caliwatch
