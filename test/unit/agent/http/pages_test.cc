// SPDX-License-Identifier: Apache-2.0
#include "agent/http/pages.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

struct FakeSite {
  PublicationPtr latest;
  bool healthy = true;

  HttpResponse Ask(absl::string_view method, absl::string_view path, absl::string_view accept_encoding = "") const {
    return AnswerFor({.method = method, .path = path, .accept_encoding = accept_encoding}, AsSite());
  }

  int StatusFor(absl::string_view path, absl::string_view host, absl::string_view accept_language = "") const {
    return AnswerFor({.method = "GET", .path = path, .host = host, .accept_language = accept_language}, AsSite())
        .status;
  }

  Site AsSite() const {
    return {.telemetry_path = "/metrics",
            .latest = [this] { return latest; },
            .healthy = [this] { return healthy; },
            .allowed_hosts = {"watch.example.com"}};
  }
};

FakeSite SiteWithMetrics() {
  return {.latest = std::make_shared<const Publication>(Publication{.report = {}, .process = {}})};
}

FakeSite SiteOf(const Snapshot& node) {
  return {.latest = std::make_shared<const Publication>(
              Publication{.report = Observer({.polls_to_hold = 1}).Observe(Seen(node)), .process = {}})};
}

std::string Header(const HttpResponse& response, absl::string_view name) {
  std::string value;
  for (const auto& [header, text] : response.headers)
    if (header == name) absl::StrAppend(&value, text);
  return value;
}

TEST_CASE("the metrics have the content type that Prometheus asks for") {
  const HttpResponse response = SiteWithMetrics().Ask("GET", "/metrics");
  CHECK(response.status == 200);
  CHECK(Header(response, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(Header(response, "Content-Encoding").empty());
  CHECK(Header(response, "Vary") == "Accept-Encoding");
  CHECK(absl::StartsWith(*response.body, "# HELP caliwatch_"));
}

TEST_CASE("the metrics are compressed for who accepts that") {
  const HttpResponse response = SiteWithMetrics().Ask("GET", "/metrics", "gzip");
  CHECK(Header(response, "Content-Encoding") == "gzip");
  CHECK(absl::StartsWith(*response.body, "\x1f\x8b"));
}

TEST_CASE("before the first poll there are no metrics, and the agent is healthy but not ready") {
  const FakeSite site;
  CHECK(site.Ask("GET", "/metrics").status == 503);
  CHECK(absl::StrContains(*site.Ask("GET", "/metrics").body, "not over yet"));
  for (const char* path : {"/-/ready", "/readyz"}) CHECK(site.Ask("GET", path).status == 503);
  for (const char* path : {"/-/healthy", "/healthz"}) CHECK(site.Ask("GET", path).status == 200);
}

TEST_CASE("after it the agent is ready, and health follows the poll loop") {
  FakeSite site = SiteWithMetrics();
  for (const char* path : {"/-/ready", "/readyz", "/-/healthy", "/healthz"}) CHECK(site.Ask("GET", path).status == 200);
  site.healthy = false;
  for (const char* path : {"/-/ready", "/readyz"}) CHECK(site.Ask("GET", path).status == 200);
  for (const char* path : {"/-/healthy", "/healthz"}) CHECK(site.Ask("GET", path).status == 503);
}

TEST_CASE("paths are exact") {
  for (const char* path : {"/metrics/", "/metrics/x", "/metricsx", "/Metrics", "", "/-/", "/index.html", "//"}) {
    INFO(path);
    CHECK(SiteWithMetrics().Ask("GET", path).status == 404);
  }
  CHECK(SiteWithMetrics().Ask("POST", "/nowhere").status == 404);
}

TEST_CASE("only GET and HEAD are allowed, and the refusal says so") {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"})
    for (const char* path : {"/", "/metrics", "/healthz"}) {
      INFO(method << " " << path);
      const HttpResponse response = SiteWithMetrics().Ask(method, path);
      CHECK(response.status == 405);
      CHECK(Header(response, "Allow") == "GET, HEAD");
    }
  CHECK(SiteWithMetrics().Ask("HEAD", "/metrics").status == 200);
}

TEST_CASE("the front page loads nothing but the agent's own files, also before the first poll") {
  for (const FakeSite& site : {FakeSite(), SiteOf(HealthyNode())}) {
    const HttpResponse page = site.Ask("GET", "/");
    CHECK(page.status == 200);
    CHECK(Header(page, "Content-Type") == "text/html; charset=utf-8");
    CHECK(
        Header(page, "Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'");
    CHECK(Header(page, "X-Content-Type-Options") == "nosniff");
    for (const absl::string_view part : {"href=\"metrics\"", "href=\"api/v1/report\"", "href=\"-/healthy\""})
      CHECK(absl::StrContains(*page.body, part));
    CHECK_FALSE(absl::StrContains(*page.body, "://"));
    CHECK_FALSE(absl::StrContains(*page.body, "style="));
  }
}

TEST_CASE("checks and alerts are explained, also before the first poll, and what is none is not found") {
  for (const FakeSite& site : {FakeSite(), SiteOf(HealthyNode())}) {
    for (const char* path : {"/explain", "/explain/", "/explain/bird_down", "/explain/CALIWATCHBIRDDOWN"}) {
      INFO(path);
      const HttpResponse page = site.Ask("GET", path);
      CHECK(page.status == 200);
      CHECK(Header(page, "Content-Type") == "text/html; charset=utf-8");
      CHECK(Header(page, "Cache-Control") == "no-store");
      CHECK(absl::StartsWith(Header(page, "Content-Security-Policy"), "default-src 'none';"));
      CHECK(absl::StrContains(*page.body, "CaliwatchBirdDown"));
      CHECK(absl::StartsWith(*site.Ask("GET", path, "gzip").body, "\x1f\x8b"));
    }
    CHECK(site.Ask("POST", "/explain/bird_down").status == 405);
    CHECK(site.Ask("GET", "/explain/bird_dwn").status == 404);
    CHECK(absl::StrContains(*site.Ask("GET", "/explain/bird_dwn").body, "Did you mean"));
    for (const char* path : {"/explain/bird_down/", "/explain//", "/explained"})
      CHECK(Header(site.Ask("GET", path), "Content-Type") == "text/plain; charset=utf-8");
  }
}

TEST_CASE("what the page loads is served as it is in the source") {
  for (const auto& [file, type] :
       {std::pair("status.css", "text/css; charset=utf-8"), std::pair("explain.css", "text/css; charset=utf-8"),
        std::pair("status.js", "text/javascript; charset=utf-8"), std::pair("icon.svg", "image/svg+xml")}) {
    const HttpResponse response = FakeSite().Ask("GET", absl::StrCat("/", file));
    std::ostringstream source;
    source << std::ifstream(absl::StrCat(CALIWATCH_SOURCE_DIR, "/lib/view/html/", file)).rdbuf();
    CHECK(response.status == 200);
    CHECK(Header(response, "Content-Type") == type);
    CHECK(Header(response, "X-Content-Type-Options") == "nosniff");
    CHECK(*response.body == source.str());
  }
}

TEST_CASE("the report is served as JSON, and not before there is one") {
  CHECK(FakeSite().Ask("GET", "/api/v1/report").status == 503);
  const HttpResponse response = SiteOf(HealthyNode()).Ask("GET", "/api/v1/report");
  CHECK(Header(response, "Content-Type") == "application/json");
  CHECK(nlohmann::json::parse(*response.body).at("outcome") == "clean");
}

TEST_CASE("the addresses that the node uses are served as JSON, made once for all readers") {
  CHECK(FakeSite().Ask("GET", "/api/v1/workloads").status == 503);
  FakeSite site = SiteOf(HealthyNode());
  auto publication = std::make_shared<Publication>();
  publication->report = site.latest->report;
  publication->workloads = NodeWorkloadsHistory().Follow(HealthyNode());
  site.latest = publication;
  const HttpResponse response = site.Ask("GET", "/api/v1/workloads");
  CHECK(Header(response, "Content-Type") == "application/json");
  CHECK(nlohmann::json::parse(*response.body).at("workloads").size() == 2);
  CHECK(Header(response, "Age") == "1");
  publication->begun -= std::chrono::seconds(90);
  CHECK(Header(site.Ask("GET", "/api/v1/workloads"), "Age") == "91");
  CHECK(site.Ask("GET", "/api/v1/workloads").body == response.body);  // the same bytes
}

TEST_CASE("the node is told to other nodes as JSON, with its age") {
  CHECK(FakeSite().Ask("GET", "/api/v1/node").status == 503);
  const FakeSite site = SiteOf(HealthyNode());
  const HttpResponse response = site.Ask("GET", "/api/v1/node");
  CHECK(Header(response, "Content-Type") == "application/json");
  CHECK(Header(response, "Age") == "1");
  const auto json = nlohmann::json::parse(*response.body);
  CHECK(json.at("node") == "node-231");
  CHECK(json.at("versions").at("kernel").is_string());
  CHECK(site.Ask("GET", "/api/v1/node").body == response.body);  // the same bytes
}

TEST_CASE("who looks at many nodes may ask for one without the list of all others") {
  const FakeSite site = SiteOf(HealthyNode());
  const HttpResponse response =
      AnswerFor({.method = "GET", .path = "/api/v1/node", .query = "other_nodes=0"}, site.AsSite());
  const auto json = nlohmann::json::parse(*response.body);
  CHECK(json.at("other_nodes").is_null());
  CHECK(json.at("node") == "node-231");
  CHECK(nlohmann::json::parse(*site.Ask("GET", "/api/v1/node").body).at("other_nodes").is_array());
}

TEST_CASE("readers of one poll share its JSON, and its page for a second") {
  const FakeSite site = SiteOf(HealthyNode());
  CHECK(site.Ask("GET", "/api/v1/report").body == site.Ask("GET", "/api/v1/report").body);  // the same bytes
  CHECK(site.Ask("GET", "/api/v1/report", "gzip").body == site.Ask("GET", "/api/v1/report", "gzip").body);
  std::set<SharedBody::Bytes> pages;
  for (int i = 0; i < 50; ++i) pages.insert(site.Ask("GET", "/").body);
  CHECK(pages.size() < 50);
  FakeSite stale = site;
  stale.healthy = false;
  CHECK(absl::StrContains(*stale.Ask("GET", "/").body, "The next look should be over by now"));
}

TEST_CASE("what names the node's parts is not told to a browser that was sent here by a foreign name") {
  const FakeSite site = SiteOf(HealthyNode());
  const std::string node = site.latest->report.node_name.value();
  for (const char* path : {"/", "/api/v1/node", "/api/v1/report", "/api/v1/workloads", "/explain/bird_down"}) {
    INFO(path);
    CHECK(site.StatusFor(path, "evil.example:10179") == 421);
    for (const std::string& own : {std::string("10.39.1.11:10179"), node + ":10179", std::string("watch.example.com")})
      CHECK(site.StatusFor(path, own) == 200);
  }
  const HttpResponse refusal = AnswerFor({.method = "GET", .path = "/", .host = "evil.example"}, site.AsSite());
  CHECK(absl::StrContains(*refusal.body, "--web.allowed-host"));
}

TEST_CASE("a scrape may use any name, a probe too, and a browser's question for metrics may not") {
  const FakeSite site = SiteOf(HealthyNode());
  CHECK(site.StatusFor("/metrics", "node1.some.where.example:10179") == 200);
  CHECK(site.StatusFor("/-/healthy", "node1.some.where.example") == 200);
  CHECK(site.StatusFor("/metrics", "evil.example:10179", "en-US,en;q=0.5") == 421);
  CHECK(site.StatusFor("/metrics", "10.39.1.11:10179", "en-US,en;q=0.5") == 200);
}

TEST_CASE("the server for probes tells how the agent is, and nothing else") {
  const FakeSite site = SiteWithMetrics();
  const auto status = [&](absl::string_view method, absl::string_view path) {
    return HealthAnswerFor({.method = method, .path = path}, site.AsSite()).status;
  };
  for (const char* path : {"/-/healthy", "/healthz", "/-/ready", "/readyz"}) CHECK(status("GET", path) == 200);
  for (const char* path :
       {"/", "/metrics", "/api/v1/node", "/api/v1/report", "/api/v1/workloads", "/explain", "/nowhere"})
    CHECK(status("GET", path) == 404);
  CHECK(status("POST", "/-/healthy") == 405);
}

// What an agent is asked by that of another node.
struct Probed {
  FakeSite site = SiteOf(VxlanNode());
  std::vector<std::string> heard = {};

  HttpResponse Ask(const std::string& query, const std::string& remote = "10.39.1.36") {
    Site asked = site.AsSite();
    asked.heard_from = [&](const IpAddress& asker, bool in_doubt) {
      heard.push_back(absl::StrCat(asker.ToString(), in_doubt ? " doubts" : ""));
    };
    asked.count_arrivals = [](const std::vector<std::string>& devices) {
      ArrivalCounts counts{.damaged = 17};
      for (const std::string& device : devices) counts.received[device] = 4711;
      return counts;
    };
    return AnswerFor({.method = "GET", .path = "/api/v1/probe", .query = query, .remote = remote}, asked);
  }
};

TEST_CASE("another agent is told who this node is and what its tunnels have, in the size that it asks for") {
  Probed probed;
  const HttpResponse small = probed.Ask("");
  CHECK(small.status == 200);
  CHECK(*small.body == "caliwatch probe 1\nnode node-231\ntunnel 192.168.231.0\nasks-others\n\n");
  CHECK(probed.Ask("size=1448").body->size() == 1448);
  CHECK(absl::StartsWith(
      *probed.Ask("doubt=1&counts=1&size=1448").body,
      absl::StrCat(small.body->substr(0, small.body->size() - 1), "damaged 17\nreceived vxlan.calico 4711\n\n")));
  CHECK(probed.heard == std::vector<std::string>{"10.39.1.36", "10.39.1.36", "10.39.1.36 doubts"});
}

TEST_CASE("no more is answered than fills a packet, and no stranger's word is taken for an address") {
  Probed probed;
  for (const char* size : {"12001", "-1", "99999999999999999999", "1e3", "", "size=1"})
    CHECK(probed.Ask(absl::StrCat("size=", size)).status == 400);
  CHECK(probed.Ask("size=12000").status == 200);
  CHECK(probed.Ask("size=0&x=y&&=", "nobody").status == 200);
  CHECK(probed.heard.size() == 1);
}

TEST_CASE("an agent that asks nobody, or has not looked at its node yet, says so") {
  const Site site = FakeSite().AsSite();
  CHECK(*AnswerFor({.method = "GET", .path = "/api/v1/probe"}, site).body == "caliwatch probe 1\n\n");
}

}  // namespace
}  // namespace caliwatch
