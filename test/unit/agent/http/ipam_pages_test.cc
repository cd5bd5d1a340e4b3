// SPDX-License-Identifier: Apache-2.0
#include "agent/http/ipam_pages.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/view/json/ipam_json.h"
#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

struct FakeSite {
  IpamPublicationPtr latest = {};
  bool healthy = true;

  HttpResponse Ask(absl::string_view path, absl::string_view method = "GET", absl::string_view host = "",
                   absl::string_view accept_language = "") const {
    return IpamAnswerFor({.method = method, .path = path, .host = host, .accept_language = accept_language},
                         {.latest = [this] { return latest; },
                          .healthy = [this] { return healthy; },
                          .allowed_hosts = {"ipam.example.com"}});
  }
};

FakeSite SiteOf(const ClusterRecords& records) {
  IpamPublication publication;
  publication.report = LookTwice(records);
  publication.looks = 2;
  return {.latest = std::make_shared<const IpamPublication>(std::move(publication))};
}

FakeSite SiteWithLeak() {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  return SiteOf(records);
}

std::string Header(const HttpResponse& response, absl::string_view name) {
  std::string value;
  for (const auto& [header, text] : response.headers)
    if (header == name) absl::StrAppend(&value, text);
  return value;
}

TEST_CASE("before the first look there is a page that says so, and nothing else") {
  const FakeSite site;
  CHECK(site.Ask("/").status == 200);
  CHECK(absl::StrContains(*site.Ask("/").body, "not over"));
  for (const char* path : {"/metrics", "/api/v1/ipam", "/api/v1/ipam/releases", "/-/ready", "/readyz"})
    CHECK(site.Ask(path).status == 503);
  CHECK(site.Ask("/-/healthy").status == 200);
}

TEST_CASE("page, metrics and JSON are of the same look") {
  const FakeSite site = SiteWithLeak();
  CHECK(absl::StrContains(*site.Ask("/").body, "IPAM: 1 finding"));
  CHECK(absl::StrContains(Header(site.Ask("/"), "Content-Security-Policy"), "default-src 'none'"));
  const HttpResponse metrics = site.Ask("/metrics");
  CHECK(Header(metrics, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(absl::StrContains(*metrics.body, "caliwatch_ipam_findings{check=\"ipam_address_leaked\"} 1\n"));
  CHECK(absl::StrContains(*metrics.body, "caliwatch_ipam_looks_total 2\n"));
  const HttpResponse json = site.Ask("/api/v1/ipam");
  CHECK(*json.body == IpamJson(site.latest->report));
  CHECK(Header(json, "Content-Type") == "application/json");
  CHECK(Header(json, "Age") == "1");
  CHECK(site.Ask("/-/ready").status == 200);
  for (const char* file : {"/status.css", "/status.js", "/icon.svg"}) CHECK(site.Ask(file).status == 200);
}

TEST_CASE("the release report is a file to be stored, and not served when it is too old") {
  FakeSite site = SiteWithLeak();
  const HttpResponse report = site.Ask("/api/v1/ipam/releases");
  CHECK(Header(report, "Content-Disposition") == "attachment; filename=\"release.json\"");
  CHECK(nlohmann::json::parse(*report.body)["allocations"].contains("10.48.1.1"));
  site.healthy = false;
  CHECK(site.Ask("/api/v1/ipam/releases").status == 503);
  CHECK(site.Ask("/-/healthy").status == 503);
  CHECK(absl::StrContains(*site.Ask("/").body, "should be over by now"));
}

TEST_CASE("a browser that calls the server by a stranger's name is told nothing") {
  const FakeSite site = SiteWithLeak();
  for (const char* path : {"/", "/api/v1/ipam", "/api/v1/ipam/releases"}) {
    CHECK(site.Ask(path, "GET", "evil.example.com:10181").status == 421);
    for (const char* host : {"127.0.0.1:10181", "[::1]:10181", "localhost:10181", "ipam.example.com"})
      CHECK(site.Ask(path, "GET", host).status == 200);
  }
  CHECK(site.Ask("/metrics", "GET", "ipam.kube-system.svc:10181").status == 200);
  CHECK(site.Ask("/metrics", "GET", "evil.example.com", "en").status == 421);
  CHECK(site.Ask("/-/healthy", "GET", "evil.example.com", "en").status == 200);
}

TEST_CASE("other paths and methods are refused") {
  const FakeSite site = SiteWithLeak();
  CHECK(site.Ask("/api/v1/report").status == 404);
  CHECK(site.Ask("/", "POST").status == 405);
  CHECK(Header(site.Ask("/", "POST"), "Allow") == "GET, HEAD");
  CHECK(site.Ask("/metrics", "HEAD").status == 200);
}

TEST_CASE("what the nodes' agents tell is served beside it where somebody looks at that, and not else") {
  const FakeSite site = SiteWithLeak();
  CHECK(site.Ask("/cluster").status == 404);
  CHECK_FALSE(absl::StrContains(*site.Ask("/").body, "href=\"cluster\""));
  const FakeSite beside = SiteWithLeak();  // pages are kept with what they show
  IpamSite with{.latest = [&] { return beside.latest; }, .healthy = [] { return true; }};
  ClusterPublicationPtr look;
  with.cluster = [&] { return look; };
  const auto ask = [&](absl::string_view path) { return IpamAnswerFor({.method = "GET", .path = path}, with); };
  CHECK(absl::StrContains(*ask("/").body, "href=\"cluster\""));
  CHECK(ask("/api/v1/cluster").status == 503);
  CHECK_FALSE(absl::StrContains(*ask("/metrics").body, "caliwatch_cluster_"));
  for (const uint64_t number : {1, 2}) {
    auto next = std::make_shared<ClusterPublication>();
    next->number = number;
    next->report.answered = number;
    look = next;
    CHECK(absl::StrContains(*ask("/metrics").body,
                            absl::StrCat("caliwatch_cluster_agents{state=\"answered\"} ", number, "\n")));
    CHECK(absl::StrContains(*ask("/metrics").body, "caliwatch_ipam_looks_total 2\n"));
    CHECK(ask("/cluster").status == 200);
    CHECK(ask("/api/v1/cluster").status == 200);
  }
}

}  // namespace
}  // namespace caliwatch
