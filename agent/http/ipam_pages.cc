// SPDX-License-Identifier: Apache-2.0
#include "agent/http/ipam_pages.h"

#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "agent/build/version.h"
#include "agent/http/answers.h"
#include "agent/http/gzip.h"
#include "agent/http/host_names.h"
#include "lib/metrics/cluster_metrics.h"
#include "lib/metrics/ipam_metrics.h"
#include "lib/view/html/ipam_page.h"
#include "lib/view/json/ipam_json.h"

namespace caliwatch {
namespace {

HttpResponse NothingYet() {
  return TextAnswer(503, "The first look at the cluster is not over yet: try again in a few seconds.\n");
}

HttpResponse Metrics(const HttpRequest& request, const IpamSite& site) {
  const IpamPublicationPtr latest = site.latest();
  if (!latest) return NothingYet();
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  const ClusterPublicationPtr cluster = site.cluster ? site.cluster() : nullptr;
  const auto number = static_cast<int64_t>(cluster ? cluster->number : 0);
  return MetricsAnswer(gzipped, latest->metrics.Get(number, gzipped, [&] {
    return absl::StrCat(RenderIpamMetrics({latest->report, latest->process, latest->looks, latest->took}),
                        cluster ? RenderClusterMetrics(cluster->report) : "");
  }));
}

HttpResponse Cluster(const HttpRequest& request, const IpamSite& site) {
  if (site.cluster) return ClusterAnswerFor(request, site.cluster());
  return TextAnswer(404, "This server is not told who the nodes' agents are: --cluster.nodes=dns:NAME.\n");
}

HttpResponse Healthy(const HttpRequest&, const IpamSite& site) {
  return site.healthy()
             ? TextAnswer(200, "Healthy: the cluster is being looked at.\n")
             : TextAnswer(503,
                          "Not healthy: the last look at the cluster should be over by now. The log may say why.\n");
}

HttpResponse Ready(const HttpRequest&, const IpamSite& site) {
  return site.latest() ? TextAnswer(200, "Ready: metrics can be scraped.\n")
                       : TextAnswer(503, "Not ready: the first look at the cluster is not over yet.\n");
}

// The page says how long ago the cluster was seen, to the second: within one, all get the same.
HttpResponse Page(const HttpRequest& request, const IpamSite& site) {
  const IpamPublicationPtr latest = site.latest();
  const PageContext context{.telemetry_path = "/metrics",
                            .now = absl::Now(),
                            .healthy = site.healthy(),
                            .version = Version(),
                            .revision = Revision(),
                            .has_cluster_page = site.cluster != nullptr};
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  if (!latest) return HtmlAnswer(gzipped, SharedBody().Get(0, gzipped, [&] { return IpamWaitingPage(context); }));
  return HtmlAnswer(gzipped, latest->page.Get(absl::ToUnixSeconds(context.now) * 2 + (context.healthy ? 0 : 1), gzipped,
                                              [&] { return IpamPage(latest->report, latest->problems, context); }));
}

HttpResponse Json(const HttpRequest& request, const IpamSite& site) {
  const IpamPublicationPtr latest = site.latest();
  if (!latest) return NothingYet();
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response =
      PageAnswer("application/json", gzipped, latest->json.Get(0, gzipped, [&] { return IpamJson(latest->report); }));
  response.headers.emplace_back("Age", AgeSince(latest->over));
  return response;
}

// What an old look found safe to release may be in use by now.
HttpResponse Releases(const HttpRequest& request, const IpamSite& site) {
  const IpamPublicationPtr latest = site.latest();
  if (!latest) return NothingYet();
  if (!site.healthy())
    return TextAnswer(503, "The last look is too old to release anything by it: the log may say why.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response =
      PageAnswer("application/json", gzipped,
                 latest->releases.Get(0, gzipped, [&] { return ReleaseReportJson(latest->report.releases); }));
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"release.json\"");
  response.headers.emplace_back("Age", AgeSince(latest->over));
  return response;
}

HttpResponse File(const HttpRequest& request, const IpamSite&) { return WebFileAnswer(request); }

using Answer = HttpResponse (*)(const HttpRequest&, const IpamSite&);
constexpr std::pair<absl::string_view, Answer> kPages[] = {
    {"/", Page},           {"/metrics", Metrics},        {"/api/v1/ipam", Json}, {"/api/v1/ipam/releases", Releases},
    {"/cluster", Cluster}, {"/api/v1/cluster", Cluster}, {"/status.css", File},  {"/status.js", File},
    {"/icon.svg", File},   {"/-/healthy", Healthy},      {"/healthz", Healthy},  {"/-/ready", Ready},
    {"/readyz", Ready}};

// As the agent's: probes and scrapes come by any name.
bool MayAsk(Answer answer, const HttpRequest& request, const IpamSite& site) {
  if (answer == Healthy || answer == Ready || (answer == Metrics && !IsBrowsers(request))) return true;
  return IsOwnHost(request.host, "", site.allowed_hosts);
}

}  // namespace

HttpResponse IpamAnswerFor(const HttpRequest& request, const IpamSite& site) {
  Answer answer = nullptr;
  for (const auto& [path, each] : kPages)
    if (path == request.path) answer = each;
  if (answer == nullptr) return TextAnswer(404, "There is no such page. The front page, /, lists those there are.\n");
  if (!IsReading(request)) return WrongMethodAnswer();
  if (!MayAsk(answer, request, site))
    return TextAnswer(421,
                      "This server answers to its addresses and to names without a dot. Use one of them, or allow the "
                      "name in the address bar with --allowed-host.\n");
  return answer(request, site);
}

}  // namespace caliwatch
