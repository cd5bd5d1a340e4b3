// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/ipam_documents.h"

#include <algorithm>
#include <array>
#include <istream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <nlohmann/json.hpp>

#include "lib/decode/ipam_records.h"
#include "lib/decode/json_items.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

std::string TextAt(const Json& object, const char* key) {
  const auto it = object.is_object() ? object.find(key) : object.end();
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

// Where etcd keeps a kind: a range of keys that begins before and ends behind it has all there is of it.
struct EtcdPlace {
  absl::string_view kind, prefix;
};
constexpr std::array<EtcdPlace, 8> kEtcdPlaces = {{
    {"IPAMBlock", "/calico/ipam/v2/assignment/"},
    {"IPAMHandle", "/calico/ipam/v2/handle/"},
    {"BlockAffinity", "/calico/ipam/v2/host/"},
    {"IPAMConfig", "/calico/ipam/v2/config"},
    {"IPPool", "/calico/resources/v3/projectcalico.org/ippools/"},
    {"IPReservation", "/calico/resources/v3/projectcalico.org/ipreservations/"},
    {"Node", "/calico/resources/v3/projectcalico.org/nodes/"},
    {"WorkloadEndpoint", "/calico/resources/v3/projectcalico.org/workloadendpoints/"},
}};

// One document: what it listed, and how that went.
class Document {
 public:
  explicit Document(ClusterRecords& records) : records_(records) {}

  void TakeItem(const Json& before, const std::string& list, const Json& item) {
    if (list == "kvs") return TakeKeyValue(item);
    std::string kind = TextAt(item, "kind");
    // The lists of the API itself name their items' kind once, before them.
    if (kind.empty()) kind = std::string(absl::StripSuffix(TextAt(before, "kind"), "List"));
    if (kind.empty()) return Note("", absl::InvalidArgumentError("it has items whose kind is not told"));
    Note(kind, PutObject(kind, item, records_));
  }

  // What is left of the document when its items are taken.
  void TakeRest(const Json& rest) {
    const std::string kind = TextAt(rest, "kind");
    if (const auto node = rest.find("node"); node != rest.end())
      TakeTree(*node, 0);
    else if (rest.contains("cidr") && rest.contains("allocations"))
      TakeBlock(rest);
    else if (absl::EndsWith(kind, "List"))
      EndList(std::string(absl::StripSuffix(kind, "List")), rest);
    else if (!kind.empty())
      Note(kind, PutObject(kind, rest, records_));
    else if (rest.contains("header"))
      EndRange(rest);
    else
      Note("", absl::InvalidArgumentError("it holds an object that is neither Kubernetes' nor etcd's"));
  }

  // What was listed of each kind; a kind that was only begun is an error as `cut` has it.
  absl::Status End(absl::string_view name, absl::Time read_at, const absl::Status& cut) {
    absl::Status all = cut;
    if (kinds_.empty()) all.Update(first_problem_);
    for (auto& [kind, status] : kinds_) {
      const absl::Status of_kind = cut.ok() ? status : cut;
      all.Update(of_kind);
      const std::optional<TableState> table = StateOf(kind, records_);
      if (!table) continue;
      const bool is_first = absl::IsNotFound(table->complete);
      if (is_first) table->complete = absl::OkStatus();
      table->complete.Update(Naming(name, of_kind));
      table->read_at = is_first ? read_at : std::min(table->read_at, read_at);
    }
    all.Update(first_problem_);
    return Naming(name, all);
  }

 private:
  static absl::Status Naming(absl::string_view name, const absl::Status& status) {
    if (status.ok()) return status;
    return absl::Status(status.code(), absl::StrCat(Printable(name), ": ", status.message()));
  }

  // How one object went. Only what has a kind makes a table complete.
  void Note(const std::string& kind, const absl::Status& status) {
    first_problem_.Update(status);
    if (!kind.empty()) kinds_[kind].Update(status);
  }

  void TakeKeyValue(const Json& item) {
    std::string key, value;
    const std::string coded = TextAt(item, "key");
    if (!absl::Base64Unescape(coded, &key) || !absl::Base64Unescape(TextAt(item, "value"), &value))
      return Note("", absl::InvalidArgumentError("etcd's keys and values are not in base64"));
    ++keys_;
    if (first_key_.empty()) first_key_ = key;
    last_key_ = key;
    const auto revision = item.find("mod_revision");
    const std::string mod_revision = revision == item.end()  ? ""
                                     : revision->is_string() ? revision->get<std::string>()
                                                             : revision->dump();
    Note(std::string(EtcdKind(key)), PutEtcd(key, value, records_, mod_revision));
  }

  void EndRange(const Json& rest) {
    for (const EtcdPlace& place : kEtcdPlaces)
      if (first_key_ < place.prefix && place.prefix < last_key_) kinds_[std::string(place.kind)];
    if (keys_ == 1 && kinds_.size() == 1)
      kinds_.begin()->second.Update(absl::DataLossError("it is one key alone: ask with --prefix /calico"));
    const auto more = rest.find("more");
    if (more == rest.end() || *more == false) return;
    for (auto& [kind, status] : kinds_) status.Update(absl::DataLossError("etcd has more keys than were asked for"));
  }

  void EndList(const std::string& kind, const Json& rest) {
    if (!kind.empty()) kinds_[kind];
    const auto metadata = rest.find("metadata");
    if (metadata == rest.end() || TextAt(*metadata, "continue").empty()) return;
    for (auto& [listed, status] : kinds_)
      status.Update(absl::DataLossError("it is one page of a longer list: ask without a limit"));
  }

  // etcd v2: a folder has nodes, a leaf a value. Its folders are all there, since they were asked for with all below.
  void TakeTree(const Json& node, int depth) {
    constexpr int kDeepest = 20;
    const auto nodes = node.find("nodes");
    if (depth > kDeepest || !node.is_object())
      return Note("", absl::InvalidArgumentError("it is no answer of etcd v2"));
    if (nodes != node.end() && nodes->is_array()) {
      for (const Json& inner : *nodes) TakeTree(inner, depth + 1);
      return;
    }
    const std::string key = TextAt(node, "key");
    Note(std::string(EtcdKind(key)), PutEtcd(key, TextAt(node, "value"), records_));
  }

  // `etcdctl get KEY` of v2 prints a value without its key. One block proves nothing of others.
  void TakeBlock(const Json& value) {
    IpamBlock block;
    absl::Status status = Decode(Json{{"spec", value}}, block);
    if (status.ok()) records_.blocks.rows.insert_or_assign(block.cidr.ToString(), std::move(block));
    status.Update(
        absl::DataLossError("it is one block alone: print all of them with their keys, as docs/ipam.md says"));
    kinds_["IPAMBlock"].Update(status);
  }

  ClusterRecords& records_;
  std::map<std::string, absl::Status> kinds_;
  absl::Status first_problem_;
  std::string first_key_, last_key_;
  size_t keys_ = 0;
};

}  // namespace

absl::Status AddDocuments(std::istream& in, absl::string_view name, absl::Time read_at, ClusterRecords& records) {
  absl::Status all;
  bool any = false;
  while (true) {
    Document document(records);
    const absl::StatusOr<Json> rest = ReadJsonItems(
        in, {"items", "kvs"},
        [&](const Json& before, const std::string& list, const Json& item) { document.TakeItem(before, list, item); });
    if (absl::IsNotFound(rest.status())) break;
    any = true;
    if (rest.ok()) document.TakeRest(*rest);
    all.Update(document.End(name, read_at, rest.status()));
    if (!rest.ok()) break;
  }
  if (!any) all.Update(absl::InvalidArgumentError(absl::StrCat(Printable(name), ": it is empty")));
  return all;
}

}  // namespace caliwatch
