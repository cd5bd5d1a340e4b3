// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_listing.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "agent/cluster/etcd_answer.h"
#include "agent/cluster/json_answer.h"

namespace caliwatch {

using Json = nlohmann::json;

Json EtcdListing::NextCall() const {
  return {{"key", absl::Base64Escape(from_)},
          {"range_end", absl::Base64Escape(EtcdEndOf(kEtcdPrefixes[prefix_]))},
          {"limit", kPage},
          {"revision", revision_}};
}

absl::Status EtcdListing::TakePage(const std::string& body, absl::FunctionRef<absl::Status(const Json&)> take) {
  const absl::StatusOr<Json> json = JsonFrom(body);
  if (!json.ok()) return absl::DataLossError(absl::StrCat("the answer ", json.status().message()));
  const int64_t revision = EtcdNumberAt(MemberAt(*json, "header"), "revision");
  if (revision <= 0) return absl::DataLossError("the answer has no revision");
  if (revision_ == 0) revision_ = revision;
  const Json& pairs = MemberAt(*json, "kvs");
  if (!pairs.is_array() && !pairs.is_null()) return absl::DataLossError("the answer's kvs are no list");
  if (from_ == kEtcdPrefixes[prefix_]) keys_left_ = EtcdNumberAt(*json, "count");
  keys_left_ -= static_cast<int64_t>(pairs.size());
  std::string last;
  for (const Json& pair : pairs) {
    if (absl::Status status = take(pair); !status.ok()) return status;
    absl::Base64Unescape(TextAt(pair, "key"), &last);
  }
  const Json& more = MemberAt(*json, "more");
  return TurnPage(last, more.is_boolean() && more.get<bool>());
}

absl::Status EtcdListing::TurnPage(const std::string& last, bool more) {
  if (more) {
    if (last < from_ || last.empty() || ++pages_ == kMostPages)
      return absl::ResourceExhaustedError("the list has no end");
    from_ = absl::StrCat(last, absl::string_view("\0", 1));  // the next key there can be
    return absl::OkStatus();
  }
  if (keys_left_ != 0) return absl::DataLossError("the list has another number of keys than it says");
  if (++prefix_ < kEtcdPrefixes.size()) from_ = std::string(kEtcdPrefixes[prefix_]);
  return absl::OkStatus();
}

}  // namespace caliwatch
