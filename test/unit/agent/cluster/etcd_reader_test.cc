// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_reader.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/fake_http.h"
#include "test/support/reader_rounds.h"

// The answers are as Debian's etcd gives them (test/system/ipam asks a real one), shortened.

namespace caliwatch {
namespace {

using Client = FakeHttp::Client;
using Request = FakeHttp::Request;

constexpr char kHandle[] = "/calico/ipam/v2/handle/";

std::string Pair(const std::string& key, const std::string& value) {
  return absl::StrCat(R"({"key":")", absl::Base64Escape(key), R"(","mod_revision":"7","value":")",
                      absl::Base64Escape(value), R"("})");
}

std::string Handle(const std::string& name) {
  return Pair(absl::StrCat(kHandle, name), absl::StrCat(R"({"handleID":")", name, R"(","block":{"10.48.0.0/26":1}})"));
}

std::string Range(const std::vector<std::string>& pairs, int count, bool more = false) {
  return absl::StrCat(R"({"header":{"revision":"57"},"kvs":[)", absl::StrJoin(pairs, ","), R"(],"count":")", count,
                      more ? R"(","more":true})" : R"("})");
}

std::string Created() {
  return R"({"result":{"header":{"revision":"57"},"created":true}})"
         "\n";
}

std::string KeyOfCall(const Request& request) {
  const auto json = nlohmann::json::parse(request.body);
  std::string key;
  absl::Base64Unescape(json.value("key", json.value("create_request", json).value("key", "")), &key);
  return key;
}

bool IsWatch(const Request& request) { return request.target == "/v3/watch"; }
bool IsOfIpam(const Request& request) {
  return request.target != "/v3/auth/authenticate" && absl::StartsWith(KeyOfCall(request), "/calico/ipam/");
}

// Below /calico/resources/ nothing; below /calico/ipam/ as a test has it, or a watch that stays open.
class Store {
 public:
  using Script = std::function<bool(const Client&, const Request&)>;

  explicit Store(Script script, size_t most_rows = EtcdReader::kMostRows)
      : server([script = std::move(script)](const Client& client, const Request& request) {
          if ((IsOfIpam(request) || !absl::StartsWith(request.target, "/v3/kv")) && script(client, request)) return;
          if (!IsWatch(request)) return Reply(client, R"({"header":{"revision":"57"}})");
          client.Send(HttpStreamHead() + Created());
          client.WaitForHangUp();
        }),
        reader_(
            transfers_, [this] { return access; }, records, true, most_rows) {
    access = EtcdAccess{.endpoints = {server.url}, .tls = {}, .user = "", .password = ""};
  }

  bool RunUntil(const std::function<bool()>& done) { return RunReader(reader_, transfers_, done); }
  bool Settle() {
    return RunUntil([&] { return reader_.settled(); });
  }
  std::string Names() const {
    std::vector<std::string> names;
    for (const auto& [name, handle] : records.handles.rows) names.push_back(handle.id);
    return absl::StrJoin(names, " ");
  }
  std::vector<std::string> Problems() const { return reader_.Problems(); }

  ClusterRecords records;
  absl::StatusOr<EtcdAccess> access;
  FakeHttp server;

 private:
  Transfers transfers_;
  EtcdReader reader_;
};

TEST_CASE("etcd is read page by page at one revision, and watched from the next on") {
  Store store([](const Client& client, const Request& request) {
    if (IsWatch(request)) {
      client.Send(HttpStreamHead() + Created());
      client.Send(absl::StrCat(R"({"result":{"header":{"revision":"60"},"events":[{"kv":)", Handle("c"),
                               R"(},{"type":"DELETE","kv":{"key":")", absl::Base64Escape(absl::StrCat(kHandle, "a")),
                               R"("}}]}})", "\n"));
      client.WaitForHangUp();
      return true;
    }
    const bool second = KeyOfCall(request) == absl::StrCat(kHandle, "a", std::string(1, '\0'));
    Reply(client, second ? Range({Handle("b")}, 1) : Range({Handle("a")}, 2, true));
    return true;
  });
  REQUIRE(store.Settle());
  CHECK(store.RunUntil([&] { return store.Names() == "b c"; }));
  CHECK(store.records.handles.complete.ok());
  CHECK(store.records.pools.complete.ok());
  CHECK(store.records.handles.read_at > absl::Now() - absl::Minutes(1));
  CHECK(store.Problems().empty());
  const auto requests = store.server.requests();
  CHECK(nlohmann::json::parse(requests[0].body).at("revision") == 0);
  CHECK(nlohmann::json::parse(requests[1].body).at("revision") == 57);
  for (const Request& request : requests)
    if (IsWatch(request)) CHECK(nlohmann::json::parse(request.body).at("create_request").at("start_revision") == 58);
}

TEST_CASE("what is compacted is read anew, and what went meanwhile is gone") {
  std::atomic<int> reads = 0;
  Store store([&](const Client& client, const Request& request) {
    if (!IsWatch(request)) return Reply(client, reads++ == 0 ? Range({Handle("a")}, 1) : Range({Handle("b")}, 1)), true;
    if (reads > 1 || !IsOfIpam(request)) return false;
    client.Send(HttpStreamHead() + R"({"result":{"header":{"revision":"90"},"canceled":true,"compact_revision":"80"}})"
                                   "\n");
    return true;
  });
  REQUIRE(store.Settle());
  CHECK(store.RunUntil([&] { return store.Names() == "b"; }));
  CHECK(store.records.handles.complete.ok());
}

TEST_CASE("a watch that brings keys without end is left, and all is listed anew") {
  std::atomic<int> reads = 0, watches = 0;
  const auto script = [&](const Client& client, const Request& request) {
    if (!IsWatch(request)) return ++reads, Reply(client, Range({Handle("a")}, 1)), true;
    if (watches++ > 0) return false;
    client.Send(HttpStreamHead() + Created());
    for (int number = 0; client.Send(absl::StrCat(R"({"result":{"header":{"revision":"60"},"events":[{"kv":)",
                                                  Handle(absl::StrCat("b", number)), "}]}}\n"));
         ++number) {
    }
    return true;
  };
  Store store(script, 100);
  REQUIRE(store.Settle());
  CHECK(store.RunUntil([&] { return !store.Problems().empty(); }));
  CHECK(absl::StrContains(store.Problems().at(0), "the watch has no end of keys"));
  CHECK_FALSE(store.records.handles.complete.ok());
  CHECK(store.records.handles.rows.size() == 101);
  CHECK(store.RunUntil([&] { return store.Names() == "a"; }));
  CHECK(reads == 2);
}

TEST_CASE("when a watch cannot be taken up, since a file of ours is missing, all is listed anew once it is back") {
  std::atomic<int> reads = 0;
  Store store([&](const Client& client, const Request& request) {
    if (!IsWatch(request)) return Reply(client, reads++ == 0 ? Range({Handle("a")}, 1) : Range({Handle("b")}, 1)), true;
    if (reads > 1) return false;
    client.Send(HttpStreamHead() + Created());  // and ends
    return true;
  });
  REQUIRE(store.Settle());
  const EtcdAccess access = *std::exchange(store.access, absl::NotFoundError("etcd.crt does not exist"));
  CHECK(store.RunUntil([&] { return !store.Problems().empty(); }));
  store.access = access;
  CHECK(store.RunUntil([&] { return store.Names() == "b"; }));
}

TEST_CASE("an answer of etcd that is wrong is an error, and proves that nothing is missing") {
  const std::string answers[] = {"",
                                 "<html>",
                                 "{}",
                                 R"({"header":{"revision":5},"kvs":[]})",
                                 R"({"header":{"revision":"57"},"kvs":{"a":1}})",
                                 R"({"header":{"revision":"57"},"kvs":[7],"count":"1"})",
                                 R"({"header":{"revision":"57"},"kvs":[{"key":"%%%"}],"count":"1"})",
                                 Range({Handle("a")}, 2),
                                 Range({Handle("a")}, 1, true),
                                 Range({Pair("/calico/ipam/v2/handle/a", "{\"block\":7}")}, 1),
                                 std::string(100'000, '[')};
  for (const std::string& answer : answers) {
    INFO(answer.substr(0, 100));
    Store store([&](const Client& client, const Request& request) {
      if (IsWatch(request)) return false;
      Reply(client, answer);
      return true;
    });
    REQUIRE(store.Settle());
    CHECK_FALSE(store.records.handles.complete.ok());
    CHECK_FALSE(absl::IsNotFound(store.records.handles.complete));
    CHECK_FALSE(store.Problems().empty());
  }
}

TEST_CASE("with a name and password a token is asked for, anew when it ends, and neither is told") {
  std::atomic<int> tokens = 0;
  Store store([&](const Client& client, const Request& request) {
    if (request.target == "/v3/auth/authenticate")
      return Reply(client, absl::StrCat(R"({"token":"hunter2-token-)", ++tokens, R"("})")), true;
    if (request.headers.at("authorization") == "hunter2-token-2")
      return IsWatch(request) ? false : (Reply(client, Range({Handle("a")}, 1)), true);
    client.Send(
        HttpReplyText("401 Unauthorized", R"({"error":"etcdserver: invalid auth token hunter2-token-1","code":16})"));
    return true;
  });
  store.access->user = "calico";
  store.access->password = "hunter2-password";
  REQUIRE(store.Settle());
  CHECK(store.Problems() == std::vector<std::string>{"etcd: answered 401: etcdserver: invalid auth token (secret)"});
  CHECK(store.RunUntil([&] { return store.Names() == "a"; }));
  CHECK(store.Problems().empty());
  CHECK(absl::StrContains(store.server.requests()[0].body, "hunter2-password"));

  Store refused([](const Client& client, const Request&) {
    client.Send(HttpReplyText("400 Bad Request", R"({"error":"authentication failed: hunter2-password is wrong"})"));
    return true;
  });
  refused.access->user = "calico";
  refused.access->password = "hunter2-password";
  REQUIRE(refused.Settle());
  CHECK(refused.Problems() == std::vector<std::string>{"etcd: answered 400: authentication failed: (secret) is wrong"});
}

TEST_CASE("of several endpoints the next is asked, and only when all fail is it a problem") {
  Store store([](const Client& client, const Request& request) {
    if (IsWatch(request)) return false;
    Reply(client, Range({Handle("a")}, 1));
    return true;
  });
  store.access->endpoints = {"http://127.0.0.1:9", store.server.url};
  REQUIRE(store.Settle());
  CHECK(store.Names() == "a");
  CHECK(store.Problems().empty());

  Store none([](const Client&, const Request&) { return true; });
  none.access->endpoints = {"http://127.0.0.1:9"};
  REQUIRE(none.Settle());
  REQUIRE(none.Problems().size() == 1);
  CHECK(absl::StartsWith(none.Problems()[0], "etcd: http://127.0.0.1:9: "));
  CHECK_FALSE(none.records.blocks.complete.ok());
}

}  // namespace
}  // namespace caliwatch
