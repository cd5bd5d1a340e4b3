// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_answer.h"

#include <absl/status/statusor.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "agent/cluster/json_answer.h"
#include "lib/model/utf8.h"

namespace caliwatch {

std::string EtcdEndOf(absl::string_view prefix) { return absl::StrCat(prefix.substr(0, prefix.size() - 1), "0"); }

nlohmann::json EtcdWatchCall(absl::string_view prefix, int64_t revision) {
  const nlohmann::json keys{{"key", absl::Base64Escape(prefix)},
                            {"range_end", absl::Base64Escape(EtcdEndOf(prefix))},
                            {"start_revision", revision}};
  return {{"create_request", keys}};
}

int64_t EtcdNumberAt(const nlohmann::json& object, const char* key) {
  int64_t number = 0;
  return absl::SimpleAtoi(TextAt(object, key), &number) ? number : 0;
}

int64_t EtcdNextRevision(const nlohmann::json& result) {
  const nlohmann::json& events = MemberAt(result, "events");
  if (events.is_array() && !events.empty()) return EtcdNumberAt(MemberAt(events.back(), "kv"), "mod_revision") + 1;
  return MemberAt(result, "created").is_null() ? EtcdNumberAt(MemberAt(result, "header"), "revision") + 1 : 0;
}

absl::Status EtcdStatusOf(const HttpReply& reply) {
  if (reply.status == 200) return absl::OkStatus();
  const absl::StatusOr<nlohmann::json> json = JsonFrom(reply.body);
  // What the gateway itself refuses, it says in plain text.
  std::string words = json.ok() ? TextAt(*json, "message") : reply.body.substr(0, reply.body.find('\n'));
  if (words.empty() && json.ok()) words = TextAt(*json, "error");
  if (absl::StrContains(words, "CommonName"))
    return absl::FailedPreconditionError(
        "while etcd wants passwords, its JSON gateway takes no client certificate that has a CommonName: use one "
        "without "
        "(ETCD_CERT_FILE), or give what etcdctl reads: etcdctl get --prefix /calico -w json | caliwatch ipam --from -");
  const std::string text =
      absl::StrCat("answered ", reply.status, words.empty() ? "" : ": ", Printable(words.substr(0, 300)));
  if (reply.status == 401 || absl::StrContains(words, "auth token") || absl::StrContains(words, "user name is empty"))
    return absl::UnauthenticatedError(text);
  if (reply.status == 403 || absl::StrContains(words, "permission denied")) return absl::PermissionDeniedError(text);
  if (absl::StrContains(words, "compacted")) return absl::OutOfRangeError(text);
  return absl::UnavailableError(text);
}

}  // namespace caliwatch
