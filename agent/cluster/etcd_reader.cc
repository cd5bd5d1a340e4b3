// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_reader.h"

#include <algorithm>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <nlohmann/json.hpp>

#include "agent/cluster/etcd_answer.h"
#include "agent/cluster/json_answer.h"
#include "lib/decode/ipam_records.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kWatchPath = "/v3/watch";

constexpr absl::string_view kKinds[] = {"IPPool",     "IPAMBlock",     "IPAMHandle",       "BlockAffinity",
                                        "IPAMConfig", "IPReservation", "WorkloadEndpoint", "Node"};

bool IsEtcds(absl::string_view table, const std::string& key) {
  if (table == "nodes") return absl::StartsWith(key, "calico/");
  return table != "pods" && table != "services" && table != "reports";
}

bool HasTooMany(const ClusterRecords& records, size_t most) {
  bool too_many = false;
  ForEachClusterTable([&](const char*, auto member) { too_many |= (records.*member).rows.size() > most; });
  return too_many;
}

}  // namespace

EtcdReader::EtcdReader(Transfers& transfers, Load load, ClusterRecords& records, bool owns_nodes, size_t most_rows)
    : transfers_(transfers), load_(std::move(load)), records_(records), owns_nodes_(owns_nodes), most_rows_(most_rows) {
  Tell();  // not read yet is not absent
}

void EtcdReader::Tick() {
  if (listing_ || Clock::now() < due_) return;
  if (!listed_) return AskForPage();
  for (size_t number = 0; number < watches_.size(); ++number) BeginWatch(number);
}

void EtcdReader::Call(absl::string_view path, const Json& body, Transfers::OnEnd on_end, Transfers::OnBytes on_bytes) {
  const absl::StatusOr<EtcdAccess> access = load_();
  if (!access.ok()) return on_end(access.status());
  transfers_.secrets.Add(access->password);
  transfers_.secrets.Add(token_);
  endpoint_ %= access->endpoints.size();
  HttpCall call{.url = absl::StrCat(access->endpoints[endpoint_], path),
                .headers = {"Content-Type: application/json"},
                .post = body.dump(),
                .tls = access->tls,
                .within = path == kWatchPath ? kWatchFor : kPageWithin};
  if (!token_.empty()) call.headers.push_back(absl::StrCat("Authorization: ", token_));
  transfers_.Start(std::move(call), std::move(on_end), std::move(on_bytes));
}

void EtcdReader::Authenticate() {
  const absl::StatusOr<EtcdAccess> access = load_();
  if (!access.ok()) return Fail(access.status());
  listing_ = true;
  Call("/v3/auth/authenticate", {{"name", access->user}, {"password", access->password}},
       [this](const absl::StatusOr<HttpReply>& reply) {
         listing_ = false;
         if (!reply.ok()) return Fail(reply.status());
         if (absl::Status status = EtcdStatusOf(*reply); !status.ok()) return Fail(status);
         const absl::StatusOr<Json> json = JsonFrom(reply->body);
         const std::string token = json.ok() ? TextAt(*json, "token") : "";
         const auto fits = [](char byte) { return absl::ascii_isgraph(static_cast<unsigned char>(byte)); };
         if (token.empty() || !std::all_of(token.begin(), token.end(), fits))
           return Fail(absl::DataLossError("the answer to our name and password has no token"));
         token_ = token;
         AskForPage();
       });
}

void EtcdReader::AskForPage() {
  if (!page_) {
    const absl::StatusOr<EtcdAccess> access = load_();
    if (!access.ok()) return Fail(access.status());
    if (token_.empty() && !access->user.empty()) return Authenticate();
    page_.emplace();
    listed_rows_ = {};
    undecodable_.clear();
    began_ = absl::Now();
  }
  listing_ = true;
  Call("/v3/kv/range", page_->NextCall(), [this](const absl::StatusOr<HttpReply>& reply) { TakePage(reply); });
}

void EtcdReader::TakePage(const absl::StatusOr<HttpReply>& reply) {
  listing_ = false;
  absl::Status status = reply.ok() ? EtcdStatusOf(*reply) : reply.status();
  if (status.ok())
    status = page_->TakePage(reply->body, [this](const Json& pair) { return TakeKeyValue(pair, listed_rows_); });
  if (!status.ok()) return Fail(status);
  if (!page_->done()) return AskForPage();
  Listed();
}

absl::Status EtcdReader::TakeKeyValue(const Json& pair, ClusterRecords& records) {
  std::string key, value;
  if (!absl::Base64Unescape(TextAt(pair, "key"), &key) || key.empty())
    return absl::DataLossError("a key of the answer is not base64");
  if (!absl::Base64Unescape(TextAt(pair, "value"), &value))
    return absl::DataLossError(absl::StrCat("the value of ", Printable(key.substr(0, 200)), " is not base64"));
  Undecodable& undecodable = undecodable_[std::string(EtcdKind(key))];
  if (absl::Status put = PutEtcd(key, value, records, TextAt(pair, "mod_revision")); !put.ok())
    undecodable.Note(key, put);
  else
    undecodable.Forget(key);
  return absl::OkStatus();
}

void EtcdReader::Listed() {
  ForEachClusterTable([&](absl::string_view table, auto member) {
    auto& rows = (records_.*member).rows;
    std::erase_if(rows, [&](const auto& row) { return IsEtcds(table, row.first); });
    rows.merge((listed_rows_.*member).rows);
  });
  records_.cluster_guid = listed_rows_.cluster_guid;
  records_.cluster_info_revision = listed_rows_.cluster_info_revision;
  records_.cluster_type = listed_rows_.cluster_type;
  records_.calico_version = listed_rows_.calico_version;
  records_.datastore_locked = listed_rows_.datastore_locked;
  listed_rows_ = {};
  const int64_t revision = page_->revision();
  page_.reset();
  listed_ = settled_ = true;
  ++listings_;
  pause_ = {};
  endpoints_tried_ = 0;
  status_ = absl::OkStatus();
  read_at_ = began_;
  Tell();
  for (size_t number = 0; number < watches_.size(); ++number) {
    watches_[number].next = revision + 1;
    watches_[number].heard = began_;
    BeginWatch(number);
  }
}

void EtcdReader::BeginWatch(size_t number) {
  Watch& watch = watches_[number];
  if (watch.busy || !listed_ || Clock::now() < watch.due) return;
  watch.busy = true;
  watch.lines.Clear();
  watch.lost = absl::OkStatus();
  watch.due = Clock::now() + std::chrono::seconds(1);  // or one that ends each at once would be asked without end
  Call(
      kWatchPath, EtcdWatchCall(kEtcdPrefixes[number], watch.next),
      [this, &watch](const absl::StatusOr<HttpReply>& reply) { WatchEnded(watch, reply); },
      [this, &watch, listing = listings_](absl::string_view bytes) {
        // What it tells may be older than what was listed since.
        if (!listed_ || listing != listings_) return absl::CancelledError("all is listed anew");
        return watch.lost = watch.lines.Take(bytes, [&](absl::string_view line) { return TakeEvent(watch, line); });
      });
}

absl::Status EtcdReader::TakeEvent(Watch& watch, absl::string_view line) {
  const absl::StatusOr<Json> json = JsonFrom(line);
  if (!json.ok()) return absl::DataLossError(absl::StrCat("an event of the watch ", json.status().message()));
  const Json& result = MemberAt(*json, "result");
  if (!result.is_object())
    return absl::UnavailableError(
        absl::StrCat("ended the watch: ", Printable(TextAt(MemberAt(*json, "error"), "message").substr(0, 300))));
  if (const Json& canceled = MemberAt(result, "canceled"); canceled.is_boolean() && canceled.get<bool>())
    return absl::OutOfRangeError("ended the watch: what it was to begin at is compacted");
  const Json& events = MemberAt(result, "events");
  if (!events.is_array() && !events.is_null()) return absl::DataLossError("the events of the watch are no list");
  for (const Json& event : events)
    if (absl::Status status = TakeChange(event); !status.ok()) return status;
  if (HasTooMany(records_, most_rows_)) return absl::ResourceExhaustedError("the watch has no end of keys");
  watch.heard = absl::Now();
  watch.next = std::max(watch.next, EtcdNextRevision(result));
  status_ = absl::OkStatus();
  Tell();
  return absl::OkStatus();
}

absl::Status EtcdReader::TakeChange(const Json& event) {
  const Json& pair = MemberAt(event, "kv");
  if (TextAt(event, "type") != "DELETE") return TakeKeyValue(pair, records_);
  std::string key;
  if (!absl::Base64Unescape(TextAt(pair, "key"), &key)) return absl::DataLossError("a key of the watch is not base64");
  undecodable_[std::string(EtcdKind(key))].Forget(key);
  RemoveEtcd(key, records_);
  return absl::OkStatus();
}

void EtcdReader::WatchEnded(Watch& watch, const absl::StatusOr<HttpReply>& reply) {
  watch.busy = false;
  if (!listed_ || absl::IsCancelled(reply.status())) return;  // all is listed anew
  absl::Status status = reply.ok() ? EtcdStatusOf(*reply) : reply.status();
  if (!watch.lost.ok()) status = watch.lost;
  // We end it ourselves, after kWatchFor; whether it was alive, what it said since tells.
  if (status.ok() || (absl::IsDeadlineExceeded(status) && absl::Now() - watch.heard <= kWatchFor + absl::Seconds(5)))
    return;
  listed_ = false;
  Fail(status);
}

void EtcdReader::Fail(const absl::Status& why) {
  listing_ = false;
  page_.reset();
  const bool was_good = status_.ok();
  status_ = transfers_.secrets.Without(why);
  if (absl::IsUnauthenticated(why)) token_.clear();
  const absl::StatusOr<EtcdAccess> access = load_();
  ++endpoint_;
  const bool others = access.ok() && ++endpoints_tried_ < access->endpoints.size();
  if (!others) {
    endpoints_tried_ = 0;
    settled_ = true;
    pause_ = was_good ? absl::Seconds(1) : std::clamp(2 * pause_, kFirstPause, kLongestPause);
  }
  due_ = Clock::now() + (others ? std::chrono::nanoseconds(0) : absl::ToChronoNanoseconds(pause_));
  Tell();
}

void EtcdReader::Tell() {
  read_at_ = listed_ ? absl::InfiniteFuture() : read_at_;
  if (listed_)
    for (const Watch& watch : watches_) read_at_ = std::min(read_at_, watch.heard);
  for (const absl::string_view kind : kKinds) {
    if (kind == "Node" && !owns_nodes_) continue;
    auto state = StateOf(kind, records_);
    if (!state) continue;
    const auto undecodable = undecodable_.find(kind);
    const absl::Status own = undecodable != undecodable_.end() ? undecodable->second.status() : absl::OkStatus();
    state->complete = status_.ok() ? own : status_;
    state->read_at = read_at_;
  }
}

std::vector<std::string> EtcdReader::Problems() const {
  std::vector<std::string> problems;
  if (!status_.ok()) problems.push_back(absl::StrCat("etcd: ", status_.message()));
  for (const auto& [kind, undecodable] : undecodable_)
    if (const absl::Status status = undecodable.status(); !status.ok())
      problems.push_back(absl::StrCat("etcd, ", kind, ": ", status.message()));
  return problems;
}

}  // namespace caliwatch
