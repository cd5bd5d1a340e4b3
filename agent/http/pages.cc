// SPDX-License-Identifier: Apache-2.0
#include "agent/http/pages.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "agent/build/embedded.h"
#include "agent/build/version.h"
#include "agent/config/own_paths.h"
#include "agent/http/gzip.h"
#include "agent/http/host_names.h"
#include "lib/view/html/status_page.h"
#include "lib/view/json/report_json.h"
#include "lib/view/json/workloads_json.h"

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
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response{
      .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Vary", "Accept-Encoding"}},
      .body = MetricsOf(*latest, gzipped)};
  if (gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
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

HttpResponse Page(std::string type, bool gzipped, SharedBody::Bytes body) {
  HttpResponse response{.headers = {{"Content-Type", std::move(type)},
                                    {"Vary", "Accept-Encoding"},
                                    {"Cache-Control", "no-store"},
                                    {"X-Content-Type-Options", "nosniff"}},
                        .body = std::move(body)};
  if (gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

// The page says how long ago the node was seen, to the second: within one, all get the same.
SharedBody::Bytes StatusBody(const PublicationPtr& latest, const PageContext& context, bool gzipped) {
  if (!latest) return SharedBody().Get(0, gzipped, [&] { return WaitingPage(context); });
  return latest->page.Get(absl::ToUnixSeconds(context.now) * 2 + (context.healthy ? 0 : 1), gzipped,
                          [&] { return StatusPage(latest->report, context); });
}

HttpResponse Status(const HttpRequest& request, const Site& site) {
  const PageContext context{.telemetry_path = site.telemetry_path,
                            .now = absl::Now(),
                            .healthy = site.healthy(),
                            .version = Version(),
                            .revision = Revision(),
                            .grafana_url = site.grafana_url,
                            .cluster_url = site.cluster_url};
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response = Page("text/html; charset=utf-8", gzipped, StatusBody(site.latest(), context, gzipped));
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
                                "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

HttpResponse ReportAsJson(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return Text(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  return Page("application/json", gzipped,
              latest->json.Get(0, gzipped, [&] { return ReportJson(latest->report, latest->process.version); }));
}

HttpResponse WorkloadsAsJson(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return Text(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response =
      Page("application/json", gzipped,
           latest->workloads_json.Get(0, gzipped, [&] { return WorkloadsJson(latest->workloads); }));
  // How old it is, whatever the reader's clock says: rounded up.
  const auto age = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - latest->begun);
  response.headers.emplace_back("Age", absl::StrCat(age.count() + 1));
  return response;
}

std::string TypeOf(absl::string_view file) {
  if (absl::EndsWith(file, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(file, ".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

HttpResponse File(const HttpRequest& request, const Site&) {
  for (const EmbeddedFile& file : WebFiles())
    if (request.path.substr(1) == file.name) {
      const bool gzipped = AcceptsGzip(request.accept_encoding);
      return Page(TypeOf(file.name), gzipped, SharedBody().Get(0, gzipped, [&] { return std::string(file.text); }));
    }
  return Text(404, "There is no such file.\n");
}

using Answer = HttpResponse (*)(const HttpRequest&, const Site&);
constexpr std::pair<absl::string_view, Answer> kOwnPages[] = {{"/", Status},
                                                              {"/api/v1/report", ReportAsJson},
                                                              {"/api/v1/workloads", WorkloadsAsJson},
                                                              {"/status.css", File},
                                                              {"/status.js", File},
                                                              {"/icon.svg", File},
                                                              {"/-/healthy", Healthy},
                                                              {"/healthz", Healthy},
                                                              {"/-/ready", Ready},
                                                              {"/readyz", Ready}};
static_assert(std::equal(std::begin(kOwnPages), std::end(kOwnPages), std::begin(kOwnPaths), std::end(kOwnPaths),
                         [](const auto& page, absl::string_view path) { return page.first == path; }),
              "config/own_paths.h, by which a configuration is judged, lists the same paths");

Answer AnswerAt(absl::string_view path, const Site& site) {
  if (path == site.telemetry_path) return Metrics;
  for (const auto& [own_path, answer] : kOwnPages)
    if (own_path == path) return answer;
  return nullptr;
}

bool IsHealth(Answer answer) { return answer == Healthy || answer == Ready; }

// Metrics under any name: scrapes come by whatever name a target has. But no browser's, which may be the tool of a
// foreign page, and which, unlike a scrape, says what language it wants.
bool IsForAnyHost(Answer answer, const HttpRequest& request) {
  return IsHealth(answer) || (answer == Metrics && request.accept_language.empty());
}

bool MayAsk(Answer answer, const HttpRequest& request, const Site& site) {
  if (IsForAnyHost(answer, request)) return true;
  const PublicationPtr latest = site.latest();
  if (!latest) return true;  // there is nothing to tell yet
  return IsOwnHost(request.host, latest->report.node_name.value_or(""), site.allowed_hosts);
}

HttpResponse AnswerBy(Answer answer, const HttpRequest& request, const Site& site) {
  if (answer == nullptr) return Text(404, "There is no such page. The front page, /, lists those there are.\n");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = Text(405, "Only GET and HEAD are answered here.\n");
    refusal.headers.emplace_back("Allow", "GET, HEAD");
    return refusal;
  }
  if (!MayAsk(answer, request, site))
    return Text(421,
                "This node answers to its addresses, to names without a dot and to its own name. Use one of them, or "
                "allow the name in the address bar with --web.allowed-host.\n");
  return answer(request, site);
}

}  // namespace

HttpResponse AnswerFor(const HttpRequest& request, const Site& site) {
  return AnswerBy(AnswerAt(request.path, site), request, site);
}

HttpResponse HealthAnswerFor(const HttpRequest& request, const Site& site) {
  const Answer answer = AnswerAt(request.path, site);
  return IsHealth(answer) ? AnswerBy(answer, request, site)
                          : Text(404, "Here is only how the agent is: /-/healthy, /-/ready.\n");
}

}  // namespace caliwatch
