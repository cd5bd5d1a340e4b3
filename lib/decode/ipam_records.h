// SPDX-License-Identifier: Apache-2.0
#pragma once

// One object of the Kubernetes API, or one key and value of Calico's etcd, to a row. What is not understood is an error
// that names the object's field, and no row.

#include <optional>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/decode/json_value.h"
#include "lib/model/ipam.h"

namespace caliwatch {

// Objects of crd.projectcalico.org/v1 and projectcalico.org/v3 (the same fields, but for `deleted`, which is a string
// in one of them), and of Kubernetes' core v1. `row` is empty before, and of no use after an error.
absl::Status Decode(const JsonValue& object, IpamPool& row);
absl::Status Decode(const JsonValue& object, IpamBlock& row);
absl::Status Decode(const JsonValue& object, IpamHandle& row);
absl::Status Decode(const JsonValue& object, BlockAffinity& row);
absl::Status Decode(const JsonValue& object, IpamConfig& row);
absl::Status Decode(const JsonValue& object, IpReservation& row);
absl::Status Decode(const JsonValue& object, ClusterPod& row);
absl::Status Decode(const JsonValue& object, ClusterNode& row);  // Kubernetes' Node, or Calico's
absl::Status Decode(const JsonValue& object, ClusterService& row);
absl::Status Decode(const JsonValue& object, WorkloadEndpoint& row);

// "default/web-1", "10-48-40-128-26": the row's key in its table. Calico's own node is "calico/NAME", Kubernetes'
// "NAME". An error where the object has no name.
absl::StatusOr<std::string> KeyOf(const JsonValue& object);
// metadata.resourceVersion, or "".
std::string ResourceVersionOf(const JsonValue& object);

// Decodes an object of this kind ("Pod", "IPAMBlock", "ClusterInformation" …) and adds or replaces its row; the table's
// `complete` and `read_at` are left to the caller. A kind that has no table: OK, and nothing happens. After an error
// the row that there was stays.
absl::Status PutObject(absl::string_view kind, const JsonValue& object, ClusterRecords& records);
// Takes its row away; OK where there was none.
absl::Status RemoveObject(absl::string_view kind, const JsonValue& object, ClusterRecords& records);

// The same for a key of Calico's etcd and its value, as v3 ("/calico/ipam/v2/…", "/calico/resources/v3/…") or v2 of
// 2017 ("/calico/v1/host/…") has them. Keys of other things: OK, and nothing happens.
// `revision`: etcd's mod_revision of the key; a release names it.
absl::Status PutEtcd(absl::string_view key, absl::string_view value, ClusterRecords& records,
                     absl::string_view revision = "");
void RemoveEtcd(absl::string_view key, ClusterRecords& records);

// The kind of the object that a key holds, as the API calls it: "IPAMBlock"; "" of other things.
absl::string_view EtcdKind(absl::string_view key);

// What is known of a kind's table as a whole, to be set by who read it; absent for kinds without a table.
struct TableState {
  absl::Status& complete;
  absl::Time& read_at;
};
std::optional<TableState> StateOf(absl::string_view kind, ClusterRecords& records);

}  // namespace caliwatch
