// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/kubernetes_reader.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include "agent/cluster/event_lines.h"
#include "agent/cluster/kind_watch.h"
#include "test/support/catch.h"
#include "test/support/fake_http.h"
#include "test/support/reader_rounds.h"

// The answers are as those that a kube-apiserver 1.36 gives (test/kube asks a real one), shortened.

namespace caliwatch {
namespace {

using Client = FakeHttp::Client;
using Request = FakeHttp::Request;

std::string Pod(const std::string& name, int version) {
  return absl::StrCat(R"({"metadata":{"name":")", name, R"(","namespace":"default","resourceVersion":")", version,
                      R"("},"spec":{"nodeName":"n1"},"status":{"phase":"Running","podIP":"10.48.0.1"}})");
}

std::string List(const std::string& kind, int version, const std::vector<std::string>& items,
                 const std::string& next = "") {
  return absl::StrCat(R"({"kind":")", kind, R"(List","apiVersion":"v1","metadata":{"resourceVersion":")", version,
                      R"(","continue":")", next, R"("},"items":[)", absl::StrJoin(items, ","), "]}");
}

std::string Event(const std::string& type, const std::string& object) {
  return absl::StrCat(R"({"type":")", type, R"(","object":)", object, "}\n");
}

std::string StatusObject(int code, const std::string& message) {
  return absl::StrCat(R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":")", message, R"(","code":)",
                      code, "}");
}

bool IsWatch(const Request& request) { return absl::StrContains(request.target, "watch=true"); }
bool IsOfPods(const Request& request) { return absl::StartsWith(request.target, "/api/v1/pods?"); }

// Nodes and services: none. Pods: as a test has it, or, where it returns false, a watch that stays open.
class Cluster {
 public:
  using Pods = std::function<bool(const Client&, const Request&)>;

  explicit Cluster(Pods pods, bool with_calicos = false, int most_quiet = KubernetesReader::kMostQuiet)
      : server_([pods = std::move(pods)](const Client& client, const Request& request) {
          if (IsOfPods(request) && pods(client, request)) return;
          if (IsWatch(request)) {
            client.Send(HttpStreamHead());
            return client.WaitForHangUp();
          }
          const bool nodes = absl::StrContains(request.target, "nodes");
          Reply(client, List(nodes ? "Node" : "Service", 5, {}));
        }),
        reader_(
            transfers_, [this] { return access_; }, records, with_calicos, most_quiet) {
    access_ = KubernetesAccess{.server = server_.url, .tls = {}, .token = "hunter2-token"};
  }

  bool RunUntil(const std::function<bool()>& done) { return RunReader(reader_, transfers_, done); }
  bool Settle() {
    return RunUntil([&] { return reader_.settled(); });
  }
  std::string Names() const {
    std::vector<std::string> names;
    for (const auto& [name, pod] : records.pods.rows) names.push_back(name);
    return absl::StrJoin(names, " ");
  }
  std::vector<std::string> Problems() const { return reader_.Problems(); }
  std::vector<std::string> PodCalls() const {
    std::vector<std::string> targets;
    for (const Request& request : server_.requests())
      if (IsOfPods(request)) targets.push_back(request.target);
    return targets;
  }
  const FakeHttp& server() const { return server_; }

  ClusterRecords records;
  absl::StatusOr<KubernetesAccess> access_;

 private:
  FakeHttp server_;
  Transfers transfers_;
  KubernetesReader reader_;
};

TEST_CASE("a kind is listed page by page, and watched from there on") {
  std::atomic<int> watches = 0;
  Cluster cluster([&](const Client& client, const Request& request) {
    if (!IsWatch(request)) {
      const bool second = absl::StrContains(request.target, "continue=a%2bb");
      Reply(client, second ? List("Pod", 10, {Pod("b", 2)}) : List("Pod", 10, {Pod("a", 1)}, "a+b"));
    } else if (watches++ == 0) {
      client.Send(HttpStreamHead());
      client.Send(Event("ADDED", Pod("c", 11)) + Event("DELETED", Pod("a", 12)));
      client.Send(Event("BOOKMARK", R"({"metadata":{"resourceVersion":"15"}})"));
    } else {
      return false;
    }
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(cluster.RunUntil([&] { return watches == 2; }));
  CHECK(cluster.Names() == "default/b default/c");
  CHECK(cluster.records.pods.complete.ok());
  CHECK(cluster.records.pods.read_at > absl::Now() - absl::Minutes(1));
  CHECK(cluster.Problems().empty());
  const std::vector<std::string> calls = cluster.PodCalls();
  CHECK(absl::StrContains(calls[0], "limit=500"));
  CHECK(absl::StrContains(calls[2], "resourceVersion=10&"));
  CHECK(absl::StrContains(calls[2], "allowWatchBookmarks=true"));
  CHECK(absl::StrContains(calls[3], "resourceVersion=15&"));
  CHECK(cluster.server().requests()[0].headers.at("authorization") == "Bearer hunter2-token");
}

TEST_CASE("a page that is not kept any more begins the list anew, once") {
  std::atomic<int> lists = 0;
  Cluster cluster([&](const Client& client, const Request& request) {
    if (IsWatch(request)) return false;
    if (absl::StrContains(request.target, "continue=") && lists < 2)
      client.Send(HttpReplyText("410 Gone", StatusObject(410, "The provided continue parameter is too old")));
    else
      Reply(client, ++lists == 1 ? List("Pod", 10, {Pod("gone", 1)}, "x") : List("Pod", 20, {Pod("b", 2)}));
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(cluster.Names() == "default/b");
  CHECK(cluster.records.pods.complete.ok());

  Cluster always([&](const Client& client, const Request& request) {
    if (absl::StrContains(request.target, "continue="))
      client.Send(HttpReplyText("410 Gone", StatusObject(410, "too old")));
    else
      Reply(client, List("Pod", 10, {Pod("a", 1)}, "x"));
    return true;
  });
  REQUIRE(always.Settle());
  CHECK_FALSE(always.records.pods.complete.ok());
  CHECK(always.PodCalls().size() == 4);
}

TEST_CASE("a watch that the server cannot go on with lists anew, and what went meanwhile is gone") {
  for (const bool by_event : {true, false}) {
    std::atomic<int> lists = 0;
    Cluster cluster([&](const Client& client, const Request& request) {
      if (!IsWatch(request))
        return Reply(client, lists++ == 0 ? List("Pod", 10, {Pod("a", 1)}) : List("Pod", 20, {Pod("b", 2)})), true;
      if (lists > 1) return false;
      const std::string gone = StatusObject(410, "too old resource version: 10 (15)");
      if (by_event)
        client.Send(HttpStreamHead() + Event("ERROR", gone));
      else
        client.Send(HttpReplyText("410 Gone", gone));
      return true;
    });
    REQUIRE(cluster.Settle());
    CHECK(cluster.RunUntil([&] { return cluster.Names() == "default/b"; }));
    CHECK(cluster.records.pods.complete.ok());
  }
}

TEST_CASE("while a watch fails, the rows stay, with the time that they were read, and the table says why") {
  std::atomic<bool> broken = false;
  Cluster cluster([&](const Client& client, const Request& request) {
    if (!IsWatch(request)) return Reply(client, List("Pod", 10, {Pod("a", 1)})), true;
    broken = true;
    client.Send(HttpStreamHead() + R"({"type":"ADDED","obj)");
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(cluster.RunUntil([&] { return broken && !cluster.records.pods.complete.ok(); }));
  CHECK(cluster.Names() == "default/a");
  CHECK(absl::StrContains(cluster.records.pods.complete.message(), "in the middle of an event"));
  CHECK(cluster.records.nodes.complete.ok());
}

TEST_CASE("a watch that ends without a word confirms nothing, and after some of these all is listed anew") {
  std::atomic<int> lists = 0, watches = 0;
  const auto pods = [&](const Client& client, const Request& request) {
    if (!IsWatch(request))
      return Reply(client, ++lists == 1 ? List("Pod", 10, {}) : List("Pod", 20, {Pod("b", 2)})), true;
    ++watches;
    client.Send(HttpStreamHead());
    return true;
  };
  Cluster patient(pods);
  REQUIRE(patient.Settle());
  const absl::Time listed = patient.records.pods.read_at;
  CHECK(patient.RunUntil([&] { return watches == 2; }));
  CHECK(patient.records.pods.read_at == listed);
  CHECK(patient.records.pods.complete.ok());
  CHECK(lists == 1);

  lists = watches = 0;
  Cluster cluster(pods, false, 1);
  REQUIRE(cluster.Settle());
  CHECK(cluster.RunUntil([&] { return cluster.Names() == "default/b"; }));
  CHECK(cluster.records.pods.complete.ok());
}

TEST_CASE("an answer that is wrong is an error, and proves that nothing is missing") {
  const std::string answers[] = {
      "",
      "<html>login</html>",
      "{}",
      "[]",
      List("Pod", 10, {Pod("a", 1)}).substr(0, 100),
      R"({"kind":"PodList","metadata":{"resourceVersion":"10"}})",
      R"({"kind":"PodList","metadata":{},"items":[]})",
      R"({"kind":"PodList","metadata":{"resourceVersion":"10"},"items":{}})",
      R"({"kind":"PodList","metadata":{"resourceVersion":10},"items":"none"})",
      List("Node", 10, {}),
      StatusObject(200, "all is well"),
      std::string(100'000, '['),
      List("Pod", 10, {"5"}),
      List("Pod", 10, {R"({"metadata":{"name":"a","namespace":"default"},"spec":7})"}),
  };
  for (const std::string& answer : answers) {
    INFO(answer.substr(0, 120));
    Cluster cluster([&](const Client& client, const Request& request) {
      if (IsWatch(request)) return false;
      Reply(client, answer);
      return true;
    });
    REQUIRE(cluster.Settle());
    CHECK_FALSE(cluster.records.pods.complete.ok());
    CHECK_FALSE(absl::IsNotFound(cluster.records.pods.complete));
    CHECK(cluster.Problems().size() == 1);
    CHECK(cluster.records.nodes.complete.ok());
  }
}

TEST_CASE("a list without end is refused, also one that goes round, and a page that does not end") {
  const std::vector<std::string> rings[] = {{"again"}, {"a", "b", "c"}, {std::string(KindWatch::kMostToken + 1, 'x')}};
  for (const auto& ring : rings) {
    std::atomic<size_t> pages = 0;
    Cluster cluster([&](const Client& client, const Request&) {
      Reply(client, List("Pod", 10, {}, ring[pages++ % ring.size()]));
      return true;
    });
    REQUIRE(cluster.Settle());
    CHECK(absl::IsResourceExhausted(cluster.records.pods.complete));
    CHECK(pages <= ring.size() + 1);
  }
  Cluster endless([](const Client& client, const Request&) {
    client.Send(HttpStreamHead());
    while (client.Send(std::string(1 << 20, ' '))) continue;
    return true;
  });
  REQUIRE(endless.Settle());
  CHECK(absl::IsResourceExhausted(endless.records.pods.complete));
  CHECK(absl::StrContains(endless.Problems().at(0), endless.server().url));
}

TEST_CASE("who sends us elsewhere is told so, and nobody there sees our token") {
  FakeHttp elsewhere([](const Client& client, const Request&) { Reply(client, List("Pod", 10, {})); });
  Cluster cluster([&](const Client& client, const Request& request) {
    const std::string place = absl::StrCat("Location: ", elsewhere.url, request.target, "\r\n");
    client.Send(HttpReplyText("307 Temporary Redirect", "", place));
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(cluster.Problems().at(0) == "Kubernetes API, pods: answered 307");
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("an event that is wrong ends the watch, and what it said counts no more") {
  const std::string events[] = {
      "garbage\n",
      "{}\n",
      "[1]\n",
      Event("ADDED", "7"),
      Event("ADDED", R"({"metadata":{"name":"b","namespace":"default"}})"),
      Event("BOOKMARK", R"({"metadata":{}})"),
      Event("EXPLODED", Pod("b", 11)),
      Event("DELETED", R"({"metadata":{"resourceVersion":"11"}})"),
      std::string(100'000, '[') + "\n",
      std::string(EventLines::kMostLine + 1, 'x'),
  };
  for (const std::string& event : events) {
    INFO(event.substr(0, 60));
    std::atomic<int> lists = 0;
    Cluster cluster([&](const Client& client, const Request& request) {
      if (!IsWatch(request)) return Reply(client, List("Pod", 10, {Pod(lists++ == 0 ? "a" : "c", 1)})), true;
      if (lists > 1) return false;
      client.Send(HttpStreamHead() + event);
      client.WaitForHangUp();
      return true;
    });
    REQUIRE(cluster.Settle());
    CHECK(cluster.RunUntil([&] { return !cluster.records.pods.complete.ok(); }));
    CHECK(cluster.Problems().size() == 1);
    CHECK(cluster.RunUntil([&] { return cluster.records.pods.complete.ok(); }));
    CHECK(cluster.Names() == "default/c");
  }
}

TEST_CASE("an object that is not understood is named until it is gone") {
  std::atomic<bool> go = false;
  Cluster cluster([&](const Client& client, const Request& request) {
    const std::string bad = R"({"metadata":{"name":"bad","namespace":"default","resourceVersion":"9"},"spec":7})";
    if (!IsWatch(request)) return Reply(client, List("Pod", 10, {Pod("a", 1), bad})), true;
    while (!go) absl::SleepFor(absl::Milliseconds(5));
    client.Send(HttpStreamHead() + Event("DELETED", bad));
    client.WaitForHangUp();
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(cluster.Names() == "default/a");
  CHECK(absl::StrContains(cluster.records.pods.complete.message(), "default/bad"));
  go = true;
  CHECK(cluster.RunUntil([&] { return cluster.records.pods.complete.ok(); }));
}

TEST_CASE("a server that nobody reaches is one problem, of all kinds, and no secret is in it") {
  Cluster cluster([](const Client&, const Request&) { return true; }, true);
  cluster.access_->server = "http://127.0.0.1:9";
  REQUIRE(cluster.Settle());
  REQUIRE(cluster.Problems().size() == 1);
  CHECK(absl::StrContains(cluster.Problems()[0], "http://127.0.0.1:9"));
  CHECK(absl::StrContains(cluster.Problems()[0], "ipamblocks"));
  CHECK_FALSE(absl::StrContains(cluster.Problems()[0], "hunter2"));
}

TEST_CASE("what is forbidden is one problem, too, and what the server says with our token in it is told without") {
  Cluster cluster([](const Client& client, const Request&) {
    client.Send(HttpReplyText("403 Forbidden", StatusObject(403, "no access to pods for hunter2-token")));
    return true;
  });
  REQUIRE(cluster.Settle());
  CHECK(absl::IsPermissionDenied(cluster.records.pods.complete));
  REQUIRE(cluster.Problems().size() == 1);
  CHECK(cluster.Problems()[0] == "Kubernetes API, pods: answered 403: no access to pods for (secret)");
}

TEST_CASE("a kind that the cluster does not have is looked for in Calico's newer group, and is no problem") {
  FakeHttp server([](const Client& client, const Request& request) {
    if (IsWatch(request)) return client.Send(HttpStreamHead()), client.WaitForHangUp();
    if (absl::StartsWith(request.target, "/apis/projectcalico.org/v3/ippools"))
      return Reply(client, List("IPPool", 3, {}));
    if (absl::StartsWith(request.target, "/apis/"))
      return static_cast<void>(client.Send(HttpReplyText("404 Not Found", "404 page not found\n")));
    const bool pods = IsOfPods(request), nodes = absl::StrContains(request.target, "nodes");
    Reply(client, List(pods ? "Pod" : nodes ? "Node" : "Service", 5, {}));
  });
  ClusterRecords records;
  Transfers transfers;
  KubernetesReader reader(
      transfers,
      [&] {
        return KubernetesAccess{server.url, {}, ""};
      },
      records, true);
  for (int round = 0; round < 1'000 && !reader.settled(); ++round) {
    reader.Tick();
    transfers.Run(absl::Milliseconds(10));
  }
  CHECK(records.pools.complete.ok());
  CHECK(absl::IsNotFound(records.blocks.complete));
  CHECK(reader.Problems().empty());
}

TEST_CASE("a token that was replaced is used from the next call on") {
  std::atomic<int> watches = 0;
  Cluster cluster([&](const Client& client, const Request& request) {
    if (!IsWatch(request)) return Reply(client, List("Pod", 10, {})), true;
    if (++watches > 1) return false;
    client.Send(HttpStreamHead());
    return true;
  });
  REQUIRE(cluster.Settle());
  cluster.access_->token = "newer-token";
  CHECK(cluster.RunUntil([&] { return watches == 2; }));
  std::string last;
  for (const Request& request : cluster.server().requests())
    if (IsOfPods(request)) last = request.headers.at("authorization");
  CHECK(last == "Bearer newer-token");
}

}  // namespace
}  // namespace caliwatch
