// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/kind_watch.h"

#include <algorithm>
#include <utility>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <nlohmann/json.hpp>

#include "agent/cluster/json_answer.h"
#include "agent/cluster/url_text.h"
#include "lib/decode/ipam_records.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

constexpr long kGone = 410;  // the version or page that was asked for is not kept any more

// What the server says of it itself: a Status object has a message.
std::string WordsOf(const HttpReply& reply) {
  const absl::StatusOr<nlohmann::json> json = JsonFrom(reply.body);
  const std::string message = json.ok() ? TextAt(*json, "message") : reply.body.substr(0, reply.body.find('\n'));
  return message.empty() ? "" : absl::StrCat(": ", Printable(message.substr(0, 300)));
}

absl::Status StatusOf(const HttpReply& reply) {
  if (reply.status == 200) return absl::OkStatus();
  const std::string text = absl::StrCat("answered ", reply.status, WordsOf(reply));
  switch (reply.status) {
    case 401:
      return absl::UnauthenticatedError(text);
    case 403:
      return absl::PermissionDeniedError(text);
    case 404:
      return absl::NotFoundError(text);
    case kGone:
      return absl::OutOfRangeError(text);
    default:
      return absl::UnavailableError(text);
  }
}

bool HasTooMany(const ApiKind& kind, ClusterRecords& records) {
  size_t rows = 0;
  VisitTable(records, kind.table, [&](const auto& table) { rows = table.rows.size(); });
  return rows > KindWatch::kMostRows;
}

}  // namespace

KindWatch::KindWatch(const ApiKind& kind, Transfers& transfers, JsonParser& parser, Load load, ClusterRecords& records,
                     int most_quiet)
    : kind_(kind),
      transfers_(transfers),
      parser_(parser),
      load_(std::move(load)),
      records_(records),
      most_quiet_(most_quiet) {
  Tell();  // not read yet is not absent
}

void KindWatch::Tick() {
  if (busy_ || Clock::now() < due_) return;
  if (listed_)
    Watch();
  else
    AskForPage();
}

void KindWatch::Call(const std::string& query, Transfers::OnEnd on_end, Transfers::OnBytes on_bytes) {
  const absl::StatusOr<KubernetesAccess> access = load_();
  if (!access.ok()) return Fail(access.status());
  HttpCall call = access->CallTo(absl::StrCat(PathOf(kind_, newer_group_), "?", query), transfers_.secrets);
  // A watch ends by itself after kWatchFor; a page of 500 large pods takes a busy server a while.
  call.within = on_bytes ? kWatchFor + absl::Seconds(15) : kPageWithin;
  transfers_.Start(
      std::move(call),
      [this, on_end = std::move(on_end)](const absl::StatusOr<HttpReply>& reply) {
        busy_ = false;
        on_end(reply);
      },
      std::move(on_bytes));
  busy_ = true;
}

void KindWatch::AskForPage() {
  if (next_page_.empty()) {
    pages_.clear();
    page_rows_ = {};
    page_undecodable_ = {};
    began_ = absl::Now();
  }
  const std::string more = next_page_.empty() ? "" : absl::StrCat("&continue=", UrlEscaped(next_page_));
  Call(absl::StrCat("limit=", kPage, more), [this](const absl::StatusOr<HttpReply>& reply) { TakePage(reply); });
}

void KindWatch::TakePage(const absl::StatusOr<HttpReply>& reply) {
  absl::Status status = reply.ok() ? StatusOf(*reply) : reply.status();
  if (status.ok()) status = ReadPage(reply->body);
  if (absl::IsOutOfRange(status) && !next_page_.empty() && !listing_anew_) {
    listing_anew_ = true;  // it took too long, which may happen once
    next_page_.clear();
    return AskForPage();
  }
  if (absl::IsNotFound(status) && kind_.is_calicos && !newer_group_) {
    newer_group_ = true;
    return AskForPage();
  }
  if (!status.ok()) return Fail(status);
  if (!next_page_.empty()) return AskForPage();
  Listed();
}

absl::Status KindWatch::ReadPage(const std::string& body) {
  const absl::StatusOr<JsonValue> page = parser_.Parse(body);
  if (!page.ok()) return absl::DataLossError(absl::StrCat("the answer ", page.status().message()));
  const JsonValue metadata = page->Find("metadata"), items = page->Find("items");
  // Only what says that it is all can say that something is missing. Go writes a list that is empty as null, too.
  const bool has_items = items.Is(JsonType::kList) || (items.IsNull() && page->Has("items"));
  if (page->TextOf("kind") != absl::StrCat(kind_.kind, "List") || !has_items)
    return absl::DataLossError(absl::StrCat("the answer is no ", kind_.kind, "List"));
  for (const JsonValue& item : items.Items()) {
    // What has no table goes where the watch puts it.
    const absl::Status put = PutObject(kind_.kind, item, kind_.table.empty() ? records_ : page_rows_);
    if (put.ok()) continue;
    page_undecodable_.Note(KeyOf(item).value_or(""), put);
  }
  version_ = metadata.TextOf("resourceVersion");
  if (version_.empty()) return absl::DataLossError("the answer has no resourceVersion");
  return TurnTo(metadata.TextOf("continue"));
}

// No page comes twice: a list that goes round would not end.
absl::Status KindWatch::TurnTo(const std::string& next) {
  if (next.size() > kMostToken || HasTooMany(kind_, page_rows_))
    return absl::ResourceExhaustedError("the list is too large");
  if (!next.empty() && (!pages_.insert(next).second || pages_.size() == kMostPages))
    return absl::ResourceExhaustedError("the list has no end");
  next_page_ = next;
  return absl::OkStatus();
}

void KindWatch::Listed() {
  ReplaceRows(kind_, page_rows_, records_);
  page_rows_ = {};
  parser_.Release();  // events are short
  undecodable_ = std::exchange(page_undecodable_, {});
  read_at_ = began_;
  status_ = undecodable_.status();
  listed_ = settled_ = true;
  listing_anew_ = false;
  quiet_ = 0;
  pause_ = {};
  Tell();
  Watch();
}

void KindWatch::Watch() {
  lines_.Clear();
  lost_ = absl::OkStatus();
  heard_ = false;
  // Not sooner than a second after this beginning, or a server that ends each at once would be asked without end.
  due_ = Clock::now() + std::chrono::seconds(1);
  const std::string query = absl::StrCat("watch=true&allowWatchBookmarks=true&resourceVersion=", UrlEscaped(version_),
                                         "&timeoutSeconds=", absl::ToInt64Seconds(kWatchFor));
  Call(
      query, [this](const absl::StatusOr<HttpReply>& reply) { WatchEnded(reply); },
      [this](absl::string_view bytes) { return TakeBytes(bytes); });
}

absl::Status KindWatch::TakeBytes(absl::string_view bytes) {
  lost_ = lines_.Take(bytes, [this](absl::string_view line) { return TakeEvent(line); });
  if (!lost_.ok()) return lost_;
  read_at_ = absl::Now();
  heard_ = true;
  status_ = undecodable_.status();
  Tell();
  return absl::OkStatus();
}

absl::Status KindWatch::TakeEvent(absl::string_view line) {
  const absl::StatusOr<JsonValue> event = parser_.Parse(std::string(line));
  if (!event.ok()) return absl::DataLossError(absl::StrCat("an event of the watch ", event.status().message()));
  const JsonValue object = event->Find("object");
  const std::string type = event->TextOf("type");
  if (!object.Is(JsonType::kObject)) return absl::DataLossError("an event of the watch has no object");
  if (type == "ERROR")
    return absl::OutOfRangeError(absl::StrCat("ended the watch: ", Printable(object.TextOf("message").substr(0, 300))));
  if (type != "BOOKMARK")
    if (absl::Status status = TakeChange(type, object); !status.ok()) return status;
  const std::string version = ResourceVersionOf(object);
  if (version.empty()) return absl::DataLossError("an event of the watch has no resourceVersion");
  version_ = version;
  return absl::OkStatus();
}

absl::Status KindWatch::TakeChange(absl::string_view type, const JsonValue& object) {
  const std::string key = KeyOf(object).value_or("");
  if (type == "DELETED") {
    undecodable_.Forget(key);
    return RemoveObject(kind_.kind, object, records_);
  }
  if (type != "ADDED" && type != "MODIFIED")
    return absl::DataLossError(absl::StrCat("an event of the watch is of type ", Printable(type.substr(0, 40))));
  if (const absl::Status put = PutObject(kind_.kind, object, records_); !put.ok())
    undecodable_.Note(key, put);
  else
    undecodable_.Forget(key);
  return HasTooMany(kind_, records_) ? absl::ResourceExhaustedError("the watch has no end of objects")
                                     : absl::OkStatus();
}

void KindWatch::WatchEnded(const absl::StatusOr<HttpReply>& reply) {
  const absl::Status status = reply.ok() ? StatusOf(*reply) : reply.status();
  if (!lost_.ok() || absl::IsOutOfRange(status)) {
    // What went by meanwhile is unknown: all is listed anew.
    listed_ = false;
    next_page_.clear();
    return Fail(lost_.ok() ? status : lost_);
  }
  if (!status.ok()) return Fail(status);
  if (!lines_.at_line_end()) return Fail(absl::DataLossError("the watch ended in the middle of an event"));
  // It ended as agreed. Servers say by a bookmark, shortly before, that nothing else changed.
  quiet_ = heard_ ? 0 : quiet_ + 1;
  if (quiet_ >= most_quiet_) listed_ = false;
  pause_ = {};
  status_ = undecodable_.status();
  Tell();
}

void KindWatch::Fail(const absl::Status& why) {
  next_page_.clear();
  listing_anew_ = false;
  if (absl::IsNotFound(why)) newer_group_ = false;                                             // either group may come
  if (!listed_ && read_at_ == absl::InfinitePast()) ReplaceRows(kind_, page_rows_, records_);  // better some than none
  page_rows_ = {};
  const bool was_good = status_.ok();
  status_ = transfers_.secrets.Without(why);
  settled_ = true;
  Tell();
  // The first that fails of a watch that went well is tried again at once.
  pause_ = was_good ? absl::Seconds(1) : std::clamp(2 * pause_, kFirstPause, kLongestPause);
  due_ = Clock::now() + absl::ToChronoNanoseconds(pause_);
}

void KindWatch::Tell() {
  if (auto state = StateOf(kind_.kind, records_)) {
    state->complete = status_;
    state->read_at = read_at_;
  }
}

}  // namespace caliwatch
