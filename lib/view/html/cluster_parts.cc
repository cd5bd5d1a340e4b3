// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/cluster_parts.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/view/cluster_words.h"
#include "lib/view/html/html.h"

namespace caliwatch {
namespace {

constexpr size_t kNodesAtOnce = 50, kShownRows = 100;

std::string AndMore(size_t count) {
  return count == 0 ? "" : absl::StrCat("<p>and ", count, " more: the JSON has them</p>\n");
}

std::string Paragraph(absl::string_view text) { return absl::StrCat("<p>", Html(text), "</p>\n"); }

std::string CommandHtml(const Command& command, absl::string_view id) {
  const std::string where = command.where.empty() ? "" : absl::StrCat("on ", command.where);
  return HtmlCommand(command.line, id,
                     absl::StrCat("<span class=\"", command.changes ? "warning" : "quiet", "\">",
                                  command.changes ? "changes something; " : "", Html(where), "</span>"));
}

// `number`: of the finding on the page.
std::string FindingHtml(const OpenClusterFinding& open, size_t number) {
  const CheckInfo& check = *open.check;
  const absl::string_view severity = ToString(check.severity);
  const std::string explains = ExplainsText(open);
  std::string commands;
  for (size_t i = 0; i < open.finding.commands.size(); ++i)
    absl::StrAppend(&commands, CommandHtml(open.finding.commands[i], absl::StrCat("copy-", number, "-", i + 1)));
  return absl::StrCat("<article class=\"finding ", severity, "\"><h3><span class=\"severity ", severity, "\">",
                      severity, "</span> ", Html(check.summary), "</h3>\n", Paragraph(open.finding.detail),
                      explains.empty() ? "" : Paragraph(absl::StrCat("It ", explains, ".")),
                      Paragraph(absl::StrCat("What it breaks: ", check.impact)), "<p><strong>What to do:</strong> ",
                      Html(check.remedy), "</p>\n", commands, "<p class=\"quiet\"><a id=\"why-", number,
                      "\" href=\"explain/", check.name, "\">", check.name, "</a></p></article>\n");
}

std::string CountText(const std::optional<size_t>& count) { return count ? absl::StrCat(*count) : "?"; }

HtmlRow NodeHtmlRow(const NodeRow& row) {
  const bool known = row.answered.ok();
  const bool is_old = absl::IsFailedPrecondition(row.answered);
  return {{{row.name},
           {NodeStateText(row)},
           {known ? absl::StrCat(row.sessions_up, "/", row.sessions) : ""},
           {known ? CountText(row.blocks) : ""},
           {known ? CountText(row.workloads) : ""},
           {NodeWhatText(row)}},
          is_old                        ? "old"
          : !known || row.critical != 0 ? "bad"
                                        : ""};
}

}  // namespace

std::string ClusterFindingsHtml(const ClusterReport& report) {
  std::string html;
  size_t shown = 0, more = report.unlisted;
  for (const OpenClusterFinding& open : report.findings) {
    if (open.caused || !open.sure) continue;
    if (shown == kShownClusterFindings)
      ++more;
    else
      absl::StrAppend(&html, FindingHtml(open, ++shown));
  }
  return html.empty() ? "" : HtmlSection("findings", "What is wrong, and what to do", html + AndMore(more));
}

std::string NodesFindingsHtml(const ClusterReport& report) {
  std::vector<HtmlRow> rows;
  for (size_t i = 0; i < std::min(report.nodes_findings.size(), kShownRows); ++i) {
    const NodesFinding& found = report.nodes_findings[i];
    rows.push_back({{{found.check},
                     {absl::AsciiStrToUpper(found.severity)},
                     {absl::StrCat(found.findings)},
                     {absl::StrCat(found.nodes.size())},
                     {NamesText(found.nodes)}},
                    found.severity == "critical" ? "bad" : ""});
  }
  if (rows.empty()) return "";
  return HtmlSection("nodes-findings", "What nodes find themselves",
                     HtmlTable("Without what a finding of the cluster explains",
                               {"CHECK", "SEVERITY", ">FINDINGS", ">NODES", "ON"}, rows) +
                         AndMore(report.nodes_findings.size() - rows.size()));
}

std::string UnsureClusterHtml(const ClusterReport& report) {
  std::string html;
  size_t count = 0;
  for (const OpenClusterFinding& open : report.findings)
    if (!open.caused && !open.sure && count++ < kShownClusterFindings)
      absl::StrAppend(&html, "<li>", Html(open.check->name), ": ", Html(open.finding.detail), "</li>\n");
  if (html.empty()) return "";
  return HtmlSection("unsure", "Not yet sure",
                     absl::StrCat("<p>Counts if the next look sees it, too.</p>\n<ul>\n", html, "</ul>\n",
                                  AndMore(count - std::min(count, kShownClusterFindings))));
}

std::string ClusterNodesHtml(const ClusterReport& report) {
  const std::vector<std::string> heads = {"NODE", "STATE", ">BGP", ">BLOCKS", ">PODS", "WHAT"};
  std::vector<HtmlRow> shown, folded;
  const size_t listed = std::min(report.nodes.size(), kShownNodes);
  for (size_t i = 0; i < listed; ++i) (i < kNodesAtOnce ? shown : folded).push_back(NodeHtmlRow(report.nodes[i]));
  if (shown.empty()) return "";
  std::string html = HtmlTable("The worst first", heads, shown);
  if (!folded.empty())
    absl::StrAppend(&html, HtmlDetails("more-nodes", absl::StrCat(folded.size(), " more, none of them worse"),
                                       HtmlTable("The others", heads, folded)));
  return HtmlSection("nodes", "Nodes", html + AndMore(report.nodes.size() - listed));
}

std::string DifferencesHtml(const ClusterReport& report) {
  std::vector<HtmlRow> rows;
  size_t more = 0;
  for (const Difference& difference : report.differences)
    for (const ToldValue& value : difference.values) {
      if (rows.size() == kShownRows) {
        ++more;
        continue;
      }
      const bool is_most_common = &value == &difference.values.front();
      rows.push_back({{{difference.trait},
                       {value.value},
                       {absl::StrCat(value.nodes.size())},
                       {is_most_common ? "" : NamesText(value.nodes)}}});
    }
  if (rows.empty()) return "";
  return HtmlSection("differences", "In what nodes differ",
                     HtmlTable("It may be meant", {"WHAT", "VALUE", ">NODES", "ON"}, rows) + AndMore(more));
}

}  // namespace caliwatch
