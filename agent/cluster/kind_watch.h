// SPDX-License-Identifier: Apache-2.0
#pragma once

// One kind of the Kubernetes API, from the first page of its listing through its watch to the next listing.
// The protocol: kubernetes.io/docs/reference/using-api/api-concepts.

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "agent/cluster/api_kind.h"
#include "agent/cluster/event_lines.h"
#include "agent/cluster/json_parser.h"
#include "agent/cluster/kubernetes_access.h"
#include "agent/cluster/transfers.h"
#include "agent/cluster/undecodable.h"
#include "lib/decode/json_value.h"
#include "lib/model/ipam.h"

namespace caliwatch {

class KindWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kPage = 500;         // objects that one page may have
  static constexpr int kMostPages = 2'000;  // of one listing
  static constexpr size_t kMostRows = 1'000'000;
  static constexpr size_t kMostToken = 4 << 10;  // bytes of a page's `continue`; real ones have 200
  // A watch is begun anew so often: nothing older than that stands for what is.
  static constexpr absl::Duration kWatchFor = absl::Seconds(10), kPageWithin = absl::Seconds(60);
  static constexpr absl::Duration kFirstPause = absl::Seconds(2), kLongestPause = absl::Seconds(60);

  using Load = std::function<absl::StatusOr<KubernetesAccess>()>;

  // `most_quiet`: after so many watches in a row that ended as agreed and said nothing, not even by a bookmark, all is
  // listed anew: until then nobody has confirmed that nothing changed.
  KindWatch(const ApiKind& kind, Transfers& transfers, JsonParser& parser, Load load, ClusterRecords& records,
            int most_quiet);

  // Begins the next call if none is on its way and its time has come.
  void Tick();

  // It was listed, or the server said that it has no such kind, or that we may not, or it could not be asked.
  bool settled() const { return settled_; }
  const ApiKind& kind() const { return kind_; }
  // OK, or why what is told of it is not all, or not new. NotFound: the cluster has no such kind.
  const absl::Status& status() const { return status_; }

 private:
  void AskForPage();
  void TakePage(const absl::StatusOr<HttpReply>& reply);
  absl::Status ReadPage(const std::string& body);
  absl::Status TurnTo(const std::string& next);
  void Listed();
  void Watch();
  absl::Status TakeBytes(absl::string_view bytes);
  absl::Status TakeEvent(absl::string_view line);
  absl::Status TakeChange(absl::string_view type, const JsonValue& object);
  void WatchEnded(const absl::StatusOr<HttpReply>& reply);
  void Fail(const absl::Status& why);
  void Tell();  // how it fares, to the records' table
  void Call(const std::string& query, Transfers::OnEnd on_end, Transfers::OnBytes on_bytes = {});

  const ApiKind kind_;
  Transfers& transfers_;
  JsonParser& parser_;  // of all kinds
  const Load load_;
  ClusterRecords& records_;
  const int most_quiet_;

  bool newer_group_ = false;
  bool busy_ = false, listed_ = false, settled_ = false;
  bool heard_ = false;          // anything of the watch under way
  int quiet_ = 0;               // watches before it that said nothing
  Clock::time_point due_ = {};  // the next call
  absl::Duration pause_ = {};   // before it, after failures

  ClusterRecords page_rows_;  // of the listing under way
  Undecodable undecodable_, page_undecodable_;
  std::string next_page_, version_;  // `continue`, and the resourceVersion that a watch begins at
  std::set<std::string> pages_;      // of the listing under way: the `continue` of each
  bool listing_anew_ = false;        // after a 410 in the middle of it
  absl::Time began_;                 // the listing under way

  EventLines lines_;        // of the watch
  absl::Status lost_ = {};  // why the watch cannot go on from `version_`
  absl::Status status_ = absl::UnavailableError("not read yet");
  absl::Time read_at_ = absl::InfinitePast();
};

}  // namespace caliwatch
