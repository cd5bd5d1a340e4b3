// SPDX-License-Identifier: Apache-2.0
#include "agent/http/pages.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <sys/utsname.h>

#include "agent/build/embedded.h"
#include "agent/build/version.h"
#include "agent/config/own_paths.h"
#include "agent/http/answers.h"
#include "agent/http/gzip.h"
#include "agent/http/host_names.h"
#include "agent/http/probe_page.h"
#include "lib/view/html/explain_page.h"
#include "lib/view/html/status_page.h"
#include "lib/view/json/node_json.h"
#include "lib/view/json/report_json.h"
#include "lib/view/json/workloads_json.h"
#include "lib/view/topics.h"

namespace caliwatch {
namespace {

HttpResponse Metrics(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return TextAnswer(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  return MetricsAnswer(gzipped, MetricsOf(*latest, gzipped));
}

HttpResponse Healthy(const HttpRequest&, const Site& site) {
  return site.healthy()
             ? TextAnswer(200, "Healthy: the node is being looked at.\n")
             : TextAnswer(503, "Not healthy: the last look at the node should be over by now. The log may say why.\n");
}

HttpResponse Ready(const HttpRequest&, const Site& site) {
  return site.latest() ? TextAnswer(200, "Ready: metrics can be scraped.\n")
                       : TextAnswer(503, "Not ready: the first look at the node is not over yet.\n");
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
                            .cluster_url = site.cluster_url,
                            .has_cluster_page = site.cluster != nullptr};
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  return HtmlAnswer(gzipped, StatusBody(site.latest(), context, gzipped));
}

// "/explain", "/explain/" and "/explain/NAME".
HttpResponse Explain(const HttpRequest& request, const Site&) {
  const std::vector<Runbook> runbooks = RunbooksOf(Runbooks());
  absl::string_view name = request.path;
  const absl::string_view to_root = absl::ConsumePrefix(&name, kExplainFolder) ? "../" : "";
  const std::optional<Topic> topic = TopicOf(name, runbooks);
  const bool is_list = to_root.empty() || name.empty(), gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response = HtmlAnswer(gzipped, SharedBody().Get(0, gzipped, [&] {
    if (is_list) return ExplainListPage(runbooks, to_root);
    return topic ? ExplainTopicPage(*topic, runbooks, to_root) : ExplainUnknownPage(name, runbooks, to_root);
  }));
  if (!is_list && !topic) response.status = 404;
  return response;
}

HttpResponse ReportAsJson(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return TextAnswer(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  return PageAnswer("application/json", gzipped,
                    latest->json.Get(0, gzipped, [&] { return ReportJson(latest->report, latest->process.version); }));
}

HttpResponse WorkloadsAsJson(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return TextAnswer(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  HttpResponse response =
      PageAnswer("application/json", gzipped,
                 latest->workloads_json.Get(0, gzipped, [&] { return WorkloadsJson(latest->workloads); }));
  response.headers.emplace_back("Age", AgeSince(latest->begun));
  return response;
}

// "6.1.0-31-amd64". It is another only after a boot.
std::string KernelRelease() {
  utsname names{};
  return uname(&names) == 0 ? names.release : "";
}

HttpResponse NodeAsJson(const HttpRequest& request, const Site& site) {
  const PublicationPtr latest = site.latest();
  if (!latest) return TextAnswer(503, "The first look at the node is not over yet: try again in a few seconds.\n");
  const bool gzipped = AcceptsGzip(request.accept_encoding), is_short = request.query == "other_nodes=0";
  SharedBody& json = is_short ? latest->short_node_json : latest->node_json;
  HttpResponse response = PageAnswer("application/json", gzipped, json.Get(0, gzipped, [&] {
    return NodeJson(latest->report, latest->workloads, latest->basics, {latest->process.version, KernelRelease()},
                    !is_short);
  }));
  response.headers.emplace_back("Age", AgeSince(latest->begun));
  return response;
}

HttpResponse Cluster(const HttpRequest& request, const Site& site) {
  if (site.cluster) return site.cluster(request);
  return TextAnswer(
      404,
      "This agent is not told who the agents of the other nodes are. Its setting for that is "
      "--cluster.nodes=dns:NAME, all addresses of a name, or ADDRESS,ADDRESS; with the chart, clusterPage.enabled. "
      "Without it, on any machine that reaches the agents: caliwatch cluster\n");
}

HttpResponse File(const HttpRequest& request, const Site&) { return WebFileAnswer(request); }

using Answer = HttpResponse (*)(const HttpRequest&, const Site&);
constexpr std::pair<absl::string_view, Answer> kOwnPages[] = {{"/", Status},
                                                              {"/cluster", Cluster},
                                                              {"/api/v1/cluster", Cluster},
                                                              {"/api/v1/node", NodeAsJson},
                                                              {"/api/v1/report", ReportAsJson},
                                                              {"/api/v1/workloads", WorkloadsAsJson},
                                                              {"/api/v1/probe", ProbePage},
                                                              {"/explain", Explain},
                                                              {"/status.css", File},
                                                              {"/status.js", File},
                                                              {"/explain.css", File},
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
  // No topic has a '/', and below another folder the page's relative addresses would lead astray.
  if (absl::StartsWith(path, kExplainFolder) && !absl::StrContains(path.substr(kExplainFolder.size()), '/'))
    return Explain;
  return nullptr;
}

bool IsHealth(Answer answer) { return answer == Healthy || answer == Ready; }

// Metrics under any name, since scrapes come by whatever name a target has.
bool IsForAnyHost(Answer answer, const HttpRequest& request) {
  return IsHealth(answer) || (answer == Metrics && !IsBrowsers(request));
}

bool MayAsk(Answer answer, const HttpRequest& request, const Site& site) {
  if (IsForAnyHost(answer, request)) return true;
  const PublicationPtr latest = site.latest();
  if (!latest && answer != Cluster) return true;  // there is nothing to tell yet
  const std::string node = latest ? latest->report.node_name.value_or("") : "";
  return IsOwnHost(request.host, node, site.allowed_hosts);
}

HttpResponse AnswerBy(Answer answer, const HttpRequest& request, const Site& site) {
  if (answer == nullptr) return TextAnswer(404, "There is no such page. The front page, /, lists those there are.\n");
  if (!IsReading(request)) return WrongMethodAnswer();
  if (!MayAsk(answer, request, site))
    return TextAnswer(
        421,
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
                          : TextAnswer(404, "Here is only how the agent is: /-/healthy, /-/ready.\n");
}

}  // namespace caliwatch
