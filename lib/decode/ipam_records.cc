// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/ipam_records.h"

#include <type_traits>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/decode/json_fields.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

// Which table a kind has. Calls visit(table); false where there is none.
template <class Visit>
bool VisitTable(absl::string_view kind, ClusterRecords& records, Visit&& visit) {
  if (kind == "IPPool") return visit(records.pools), true;
  if (kind == "IPAMBlock") return visit(records.blocks), true;
  if (kind == "IPAMHandle") return visit(records.handles), true;
  if (kind == "BlockAffinity") return visit(records.affinities), true;
  if (kind == "IPAMConfig" || kind == "IPAMConfiguration") return visit(records.configs), true;
  if (kind == "IPReservation") return visit(records.reservations), true;
  if (kind == "Pod") return visit(records.pods), true;
  if (kind == "Node") return visit(records.nodes), true;
  if (kind == "Service") return visit(records.services), true;
  if (kind == "WorkloadEndpoint") return visit(records.endpoints), true;
  return false;
}

absl::Status TakeClusterInformation(const JsonValue& object, ClusterRecords& records) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields spec = fields.At("spec");
  const std::string guid = spec.Text("clusterGUID"), type = spec.Text("clusterType");
  const std::string version = spec.Text("calicoVersion"), revision = fields.At("metadata").Text("resourceVersion");
  const bool locked = !spec.Flag("datastoreReady", true);
  if (!status.ok()) return status;
  records.cluster_guid = guid;
  records.cluster_type = type;
  records.calico_version = version;
  records.cluster_info_revision = revision;
  records.datastore_locked = locked;
  return absl::OkStatus();
}

absl::Status Naming(const absl::Status& status, absl::string_view kind, const absl::StatusOr<std::string>& key) {
  if (status.ok()) return status;
  const std::string name = key.ok() ? absl::StrCat(" ", Printable(*key).substr(0, 200)) : "";
  return absl::Status(status.code(), absl::StrCat(kind, name, ": ", Printable(status.message())));
}

}  // namespace

absl::StatusOr<std::string> KeyOf(const JsonValue& object) {
  absl::Status status;
  const JsonFields fields(object, status);
  const JsonFields metadata = fields.At("metadata");
  const std::string name = metadata.Text("name"), name_space = metadata.Text("namespace");
  const bool is_calicos_node =
      fields.Text("kind") == "Node" && absl::StartsWith(fields.Text("apiVersion"), "projectcalico.org/");
  if (!status.ok()) return status;
  if (name.empty()) return absl::InvalidArgumentError("metadata.name is missing");
  if (is_calicos_node) return absl::StrCat("calico/", name);
  return name_space.empty() ? name : absl::StrCat(name_space, "/", name);
}

std::string ResourceVersionOf(const JsonValue& object) {
  absl::Status status;
  return JsonFields(object, status).At("metadata").Text("resourceVersion");
}

absl::Status PutObject(absl::string_view kind, const JsonValue& object, ClusterRecords& records) {
  const absl::StatusOr<std::string> key = KeyOf(object);
  absl::Status status = key.status();
  if (kind == "ClusterInformation")
    status.Update(TakeClusterInformation(object, records));
  else
    VisitTable(kind, records, [&](auto& table) {
      typename std::remove_reference_t<decltype(table.rows)>::mapped_type row;
      status.Update(Decode(object, row));
      // Lists come in the keys' order: then its place need not be looked for.
      if (status.ok()) table.rows.insert_or_assign(table.rows.end(), *key, std::move(row));
    });
  return Naming(status, kind, key);
}

std::optional<TableState> StateOf(absl::string_view kind, ClusterRecords& records) {
  std::optional<TableState> state;
  VisitTable(kind, records, [&](auto& table) { state.emplace(TableState{table.complete, table.read_at}); });
  return state;
}

absl::Status RemoveObject(absl::string_view kind, const JsonValue& object, ClusterRecords& records) {
  const absl::StatusOr<std::string> key = KeyOf(object);
  if (!key.ok()) return Naming(key.status(), kind, key);
  VisitTable(kind, records, [&](auto& table) { table.rows.erase(*key); });
  return absl::OkStatus();
}

}  // namespace caliwatch
