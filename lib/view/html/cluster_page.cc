// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/cluster_page.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/view/cluster_words.h"
#include "lib/view/html/cluster_parts.h"
#include "lib/view/html/html.h"
#include "lib/view/html/ipam_parts.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kLinks =
    "<a href=\"./\">This node</a> <a href=\"api/v1/cluster\">This as JSON</a> <a href=\"explain\">Checks and "
    "runbooks</a>";

std::string Document(absl::string_view title, absl::string_view seen, absl::string_view verdict,
                     absl::string_view report, const PageContext& context) {
  return HtmlDocument(
      title,
      absl::StrCat("<header><h1>Cluster</h1>\n", seen,
                   "<nav aria-label=\"Elsewhere\"><a href=\"./\">This node</a></nav>\n</header>\n<main>\n", verdict,
                   "<div id=\"report\" tabindex=\"-1\">\n", report, "</div>\n</main>\n"),
      kLinks, context.version, context.revision);
}

std::string VerdictHtml(absl::string_view css_class, absl::string_view text, absl::string_view glance = "") {
  return absl::StrCat("<div id=\"verdict\" class=\"verdict ", css_class, "\"><p>", Html(text), "</p>\n", glance,
                      "</div>\n");
}

// The gravest of what counts.
absl::string_view GravestClass(const ClusterReport& report) {
  bool critical = false;
  for (const OpenClusterFinding& open : report.findings)
    critical |= open.sure && open.check->severity == Severity::kCritical;
  for (const NodesFinding& found : report.nodes_findings) critical |= found.severity == "critical";
  return critical ? "critical" : "warning";
}

absl::string_view VerdictClass(const ClusterReport& report) {
  switch (report.outcome()) {
    case ClusterOutcome::kClean:
      return "good";
    case ClusterOutcome::kUnsure:
      return "info";
    case ClusterOutcome::kCannotJudge:
      return "warning";
    case ClusterOutcome::kFindings:
      break;
  }
  return GravestClass(report);
}

std::string Seen(const ClusterReport& report, const PageContext& context) {
  return absl::StrCat("<p id=\"seen\" class=\"", context.healthy ? "quiet" : "stale", "\">Seen ",
                      AgeText(std::max(context.now - report.at, absl::ZeroDuration())), " ago, at ",
                      HtmlTime(report.at, context.now), ".",
                      context.healthy ? "" : " Since then nobody had asked: the next look is under way.", "</p>\n");
}

std::string Glance(const ClusterReport& report) {
  return absl::StrCat(
      "<ul class=\"glance\">\n<li>", report.answered, " of ", report.nodes.size(), " agents answered</li>\n",
      report.tunnels_compared ? ""
                              : "<li>So many that the ends of tunnels were not compared: <code>caliwatch "
                                "cluster</code> does it</li>\n",
      "</ul>\n");
}

}  // namespace

std::string ClusterPage(const ClusterReport& report, const PageContext& context) {
  const std::string verdict = absl::StrCat("Cluster: ", ClusterHeadline(report));
  return Document(verdict, Seen(report, context), VerdictHtml(VerdictClass(report), verdict, Glance(report)),
                  absl::StrCat(ProblemsHtml(report.problems), ClusterFindingsHtml(report), NodesFindingsHtml(report),
                               UnsureClusterHtml(report), ClusterNodesHtml(report), DifferencesHtml(report)),
                  context);
}

std::string ClusterWaitingPage(const PageContext& context) {
  return Document("Cluster: looking", "<p id=\"seen\" class=\"quiet\">Not seen yet.</p>\n",
                  VerdictHtml("warning", "Looking: the agents of all nodes are being asked. This page renews itself."),
                  "", context);
}

}  // namespace caliwatch
