// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_answer.h"

#include <absl/strings/match.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

absl::Status StatusFor(long status, std::string body) {
  return EtcdStatusOf({.status = status, .body = std::move(body)});
}

TEST_CASE("a range of keys ends behind the last that has the prefix") { CHECK(EtcdEndOf("/calico/") == "/calico0"); }

TEST_CASE("numbers are texts in etcd's JSON") {
  const auto json = nlohmann::json::parse(R"({"revision": "9007199254740993", "limit": 5, "bad": "1e3"})");
  CHECK(EtcdNumberAt(json, "revision") == 9007199254740993);
  CHECK(EtcdNumberAt(json, "limit") == 0);
  CHECK(EtcdNumberAt(json, "bad") == 0);
}

TEST_CASE("a watch goes on behind the last change that it told, whatever else etcd has by then") {
  const auto next = [](const char* result) { return EtcdNextRevision(nlohmann::json::parse(result)); };
  CHECK(next(R"({"header": {"revision": "90"}, "created": true})") == 0);
  CHECK(next(R"({"header": {"revision": "90"}, "events": [{"kv": {"mod_revision": "61"}},
                 {"type": "DELETE", "kv": {"mod_revision": "62"}}]})") == 63);
  CHECK(next(R"({"header": {"revision": "90"}})") == 91);
}

// The bodies are Debian's etcd 3.4's, as test/system/ipam sees them.
TEST_CASE("etcd's errors are told apart") {
  CHECK(StatusFor(200, "").ok());
  CHECK(absl::IsUnauthenticated(StatusFor(401, R"({"error":"etcdserver: invalid auth token","code":16})")));
  CHECK(absl::IsUnauthenticated(StatusFor(400, R"({"error":"etcdserver: user name is empty","code":3})")));
  CHECK(absl::IsPermissionDenied(StatusFor(403, R"({"error":"etcdserver: permission denied","code":7})")));
  CHECK(absl::IsOutOfRange(
      StatusFor(400, R"({"message":"etcdserver: mvcc: required revision has been compacted","code":11})")));
  CHECK(absl::IsUnavailable(StatusFor(503, "<html>\x1b\nmore")));
  CHECK(StatusFor(503, "<html>\nmore").message() == "answered 503: <html>");
  const absl::Status refused = StatusFor(
      400, "CommonName of client sending a request against gateway will be ignored and not used as expected\n");
  CHECK(absl::StrContains(refused.message(), "etcdctl get --prefix /calico"));
}

}  // namespace
}  // namespace caliwatch
