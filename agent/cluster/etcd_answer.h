// SPDX-License-Identifier: Apache-2.0
#pragma once

// How etcd's JSON gateway puts things (etcd.io/docs, "gRPC gateway").

#include <cstdint>
#include <string>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

#include "agent/cluster/transfers.h"

namespace caliwatch {

// The first key behind all that begin with `prefix`, which ends in '/'.
std::string EtcdEndOf(absl::string_view prefix);

// The body of the call /v3/watch of all keys that begin with `prefix`, from that revision on.
nlohmann::json EtcdWatchCall(absl::string_view prefix, int64_t revision);

// Whole numbers of 64 bits are texts in it. 0: there is none.
int64_t EtcdNumberAt(const nlohmann::json& object, const char* key);

// Where a watch that ended goes on after this `result` of it: from the revision behind its last change. 0: it tells
// none. The header of what says that a watch is created, or of a part of many changes, is ahead of what was sent.
int64_t EtcdNextRevision(const nlohmann::json& result);

// OK for 200. Unauthenticated: a token is needed, or a new one. OutOfRange: the revision is compacted.
absl::Status EtcdStatusOf(const HttpReply& reply);

}  // namespace caliwatch
