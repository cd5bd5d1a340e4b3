// SPDX-License-Identifier: Apache-2.0
#include "agent/pages.h"

#include <utility>

#include <absl/strings/str_cat.h>

#include "agent/gzip.h"
#include "agent/version.h"

namespace caliwatch {
namespace {

HttpResponse Text(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

HttpResponse Metrics(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return Text(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  HttpResponse response{
      .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Vary", "Accept-Encoding"}},
      .body = {latest, &latest->metrics}};
  if (AcceptsGzip(request.accept_encoding)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = {latest, &latest->gzipped_metrics};
  }
  return response;
}

HttpResponse Healthy(const HttpRequest&, const Site& site) {
  return site.healthy()
             ? Text(200, "Healthy: the node is being looked at.\n")
             : Text(503, "Not healthy: the last look at the node should be over by now. The log may say why.\n");
}

HttpResponse Ready(const HttpRequest&, const Site& site) {
  return site.latest() ? Text(200, "Ready: metrics can be scraped.\n")
                       : Text(503, "Not ready: the first look at the node is not over yet.\n");
}

HttpResponse Landing(const HttpRequest&, const Site& site) {
  std::string page = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>caliwatch</title></head>\n<body>\n"
      "<h1>caliwatch</h1>\n<p>Watches this node's Calico network.</p>\n<ul>\n",
      "<li><a href=\"", site.telemetry_path, "\">Metrics</a></li>\n",
      "<li><a href=\"/-/healthy\">Health</a></li>\n<li><a href=\"/-/ready\">Readiness</a></li>\n</ul>\n", "<p>Version ",
      Version(), ", revision ", Revision(), "</p>\n</body>\n</html>\n");
  return {.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy",
                       "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}},
          .body = std::make_shared<const std::string>(std::move(page))};
}

using Page = HttpResponse (*)(const HttpRequest&, const Site&);
constexpr std::pair<absl::string_view, Page> kOwnPages[] = {
    {"/", Landing}, {"/-/healthy", Healthy}, {"/healthz", Healthy}, {"/-/ready", Ready}, {"/readyz", Ready}};

Page PageAt(absl::string_view path, const Site& site) {
  if (path == site.telemetry_path) return Metrics;
  for (const auto& [own_path, page] : kOwnPages)
    if (own_path == path) return page;
  return nullptr;
}

}  // namespace

HttpResponse AnswerFor(const HttpRequest& request, const Site& site) {
  const Page page = PageAt(request.path, site);
  if (page == nullptr) return Text(404, "There is no such page. The front page, /, lists those there are.\n");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = Text(405, "Only GET and HEAD are answered here.\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  return page(request, site);
}

bool IsOwnPath(absl::string_view path) {
  for (const auto& own : kOwnPages)
    if (own.first == path) return true;
  return false;
}

}  // namespace caliwatch
