// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calico's records from its own etcd, v3, by the JSON gateway of etcd (etcd.io/docs, "gRPC gateway"): read once, page
// by page and all at one revision, and watched from there on.

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <nlohmann/json_fwd.hpp>

#include "agent/cluster/etcd_access.h"
#include "agent/cluster/etcd_listing.h"
#include "agent/cluster/event_lines.h"
#include "agent/cluster/transfers.h"
#include "agent/cluster/undecodable.h"
#include "lib/model/ipam.h"

namespace caliwatch {

class EtcdReader {
 public:
  using Clock = std::chrono::steady_clock;
  using Load = std::function<absl::StatusOr<EtcdAccess>()>;
  static constexpr absl::Duration kWatchFor = absl::Seconds(10);  // then it is begun anew, to be sure that it lives
  static constexpr absl::Duration kPageWithin = absl::Seconds(30);
  static constexpr absl::Duration kFirstPause = absl::Seconds(2), kLongestPause = absl::Seconds(60);

  static constexpr size_t kMostRows = 1'000'000;  // of one table

  // As KubernetesReader. `owns_nodes`: nobody else fills the table of nodes. With more than `most_rows` the watch ends,
  // and all is listed anew, which has an end of its own.
  EtcdReader(Transfers& transfers, Load load, ClusterRecords& records, bool owns_nodes, size_t most_rows = kMostRows);

  void Tick();
  bool settled() const { return settled_; }
  std::vector<std::string> Problems() const;

 private:
  struct Watch {
    bool busy = false;
    int64_t next = 0;  // the revision that it goes on at
    EventLines lines = {};
    absl::Status lost = {};
    absl::Time heard = absl::InfinitePast();
    Clock::time_point due = {};
  };

  void Call(absl::string_view path, const nlohmann::json& body, Transfers::OnEnd on_end,
            Transfers::OnBytes on_bytes = {});
  void Authenticate();
  void AskForPage();
  void TakePage(const absl::StatusOr<HttpReply>& reply);
  absl::Status TakeKeyValue(const nlohmann::json& pair, ClusterRecords& records);
  void Listed();
  void BeginWatch(size_t number);
  absl::Status TakeEvent(Watch& watch, absl::string_view line);
  absl::Status TakeChange(const nlohmann::json& event);
  void WatchEnded(Watch& watch, const absl::StatusOr<HttpReply>& reply);
  void Fail(const absl::Status& why);
  void Tell();

  Transfers& transfers_;
  const Load load_;
  ClusterRecords& records_;
  const bool owns_nodes_;
  const size_t most_rows_;

  std::string token_;           // of etcd; empty: not needed, or to be asked for
  size_t endpoint_ = 0;         // that answers, of those there are
  size_t endpoints_tried_ = 0;  // in vain, one after the other
  int listings_ = 0;            // that went to their end
  bool listing_ = false, listed_ = false, settled_ = false;
  Clock::time_point due_ = {};
  absl::Duration pause_ = {};

  ClusterRecords listed_rows_;
  std::optional<EtcdListing> page_;  // the next; none: all is listed, or to be begun
  absl::Time began_;
  std::map<std::string, Undecodable, std::less<>> undecodable_;  // by kind
  std::array<Watch, kEtcdPrefixes.size()> watches_;
  absl::Status status_ = absl::UnavailableError("not read yet");
  absl::Time read_at_ = absl::InfinitePast();
};

}  // namespace caliwatch
