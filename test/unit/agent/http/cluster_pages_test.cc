// SPDX-License-Identifier: Apache-2.0
#include "agent/http/cluster_pages.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/http/pages.h"
#include "lib/view/json/cluster_json.h"
#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

struct FakeSite {
  bool is_set = true;
  ClusterPublicationPtr look = {};
  mutable int asked = 0;

  HttpResponse Ask(absl::string_view path, absl::string_view host = "") const {
    Site site{.telemetry_path = "/metrics",
              .latest = [] { return nullptr; },
              .healthy = [] { return true; },
              .allowed_hosts = {"watch.example.com"}};
    if (is_set)
      site.cluster = [this](const HttpRequest& request) {
        ++asked;
        return ClusterAnswerFor(request, look);
      };
    return AnswerFor({.method = "GET", .path = path, .host = host}, site);
  }
};

ClusterPublicationPtr LookFrom(std::chrono::seconds ago) {
  ClusterState state;
  ClusterPublication publication{.report = JudgeCluster(HealthyCluster(), absl::FromUnixSeconds(1'800'000'000), state),
                                 .over = std::chrono::steady_clock::now() - ago};
  return std::make_shared<const ClusterPublication>(std::move(publication));
}

std::string Header(const HttpResponse& response, absl::string_view name) {
  std::string value;
  for (const auto& [header, text] : response.headers)
    if (header == name) absl::StrAppend(&value, text);
  return value;
}

TEST_CASE("without the setting, both addresses say what to set") {
  const FakeSite site{.is_set = false};
  for (const char* path : {"/cluster", "/api/v1/cluster"}) {
    CHECK(site.Ask(path).status == 404);
    CHECK(absl::StrContains(*site.Ask(path).body, "--cluster.nodes=dns:"));
  }
}

TEST_CASE("before the first look the page says that it is under way, and whoever asks has it begun") {
  const FakeSite site;
  CHECK(site.Ask("/cluster").status == 200);
  CHECK(absl::StrContains(*site.Ask("/cluster").body, "Looking: "));
  CHECK(site.Ask("/api/v1/cluster").status == 503);
  CHECK(site.asked == 3);
}

TEST_CASE("page and JSON are of the last look, and tell its age") {
  const FakeSite site{.look = LookFrom(std::chrono::seconds(7))};
  CHECK(absl::StrContains(*site.Ask("/cluster").body, "Cluster: nothing wrong found on 4 nodes"));
  CHECK_FALSE(absl::StrContains(*site.Ask("/cluster").body, "nobody had asked"));
  CHECK(absl::StrContains(Header(site.Ask("/cluster"), "Content-Security-Policy"), "default-src 'none'"));
  const HttpResponse json = site.Ask("/api/v1/cluster");
  CHECK(*json.body == ClusterJson(site.look->report));
  CHECK(Header(json, "Content-Type") == "application/json");
  CHECK(Header(json, "Age") == "8");
  CHECK(site.Ask("/api/v1/cluster").body == json.body);  // the same bytes
}

TEST_CASE("what is older than a minute is called old") {
  const FakeSite site{.look = LookFrom(std::chrono::seconds(61))};
  CHECK(absl::StrContains(*site.Ask("/cluster").body, "nobody had asked"));
}

TEST_CASE("a browser that was sent here by a foreign name is told nothing, and nobody is asked for it") {
  const FakeSite site{.look = LookFrom(std::chrono::seconds(7))};
  for (const char* path : {"/cluster", "/api/v1/cluster"}) {
    CHECK(site.Ask(path, "evil.example:10179").status == 421);
    CHECK(site.asked == 0);
  }
  for (const char* own : {"10.39.1.11:10179", "watch.example.com"}) CHECK(site.Ask("/cluster", own).status == 200);
}

}  // namespace
}  // namespace caliwatch
