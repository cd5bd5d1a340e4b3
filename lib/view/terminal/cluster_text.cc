// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/cluster_text.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/model/utf8.h"
#include "lib/view/cluster_words.h"
#include "lib/view/terminal/text_layout.h"

namespace caliwatch {
namespace {

constexpr size_t kWidth = 100;

std::string Paragraph(absl::string_view text, size_t indent = 4) { return Wrapped(Printable(text), indent, kWidth); }

std::string CommandsOf(const ClusterFinding& finding) {
  std::string text;
  for (const Command& command : finding.commands)
    absl::StrAppend(&text, "      ", Printable(command.line),
                    command.where.empty() ? "" : absl::StrCat("    # on ", Printable(command.where)), "\n");
  return text;
}

std::string FindingText(const OpenClusterFinding& open) {
  const CheckInfo& check = *open.check;
  const std::string explains = ExplainsText(open);
  return absl::StrCat("  ", absl::AsciiStrToUpper(ToString(check.severity)), "  ", check.name, ": ", check.summary,
                      "\n", Paragraph(open.finding.detail),
                      explains.empty() ? "" : Paragraph(absl::StrCat("It ", explains, ".")),
                      Paragraph(absl::StrCat("What it breaks: ", check.impact)),
                      Paragraph(absl::StrCat("What to do: ", check.remedy)), CommandsOf(open.finding));
}

std::string Findings(const ClusterReport& report, bool sure) {
  std::string text;
  size_t printed = 0, more = sure ? report.unlisted : 0;
  for (const OpenClusterFinding& open : report.findings) {
    if (open.caused || open.sure != sure) continue;
    if (++printed > kPrintedClusterFindings)
      ++more;
    else
      absl::StrAppend(&text,
                      sure ? FindingText(open) : Paragraph(absl::StrCat(open.check->name, ": ", open.finding.detail)));
  }
  if (more != 0) absl::StrAppend(&text, "  and ", more, " more\n");
  if (text.empty()) return "";
  return absl::StrCat(sure ? "\nOf the cluster\n" : "\nNot yet sure: counts if the next look sees it, too\n", text);
}

std::string NodesFindings(const ClusterReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const NodesFinding& found : report.nodes_findings)
    rows.push_back({absl::AsciiStrToUpper(found.severity), found.check, absl::StrCat(found.findings),
                    absl::StrCat(found.nodes.size()), NamesText(found.nodes)});
  if (rows.empty()) return "";
  return absl::StrCat("\nWhat nodes find themselves, and nothing above explains\n",
                      AlignedTable({"SEVERITY", "CHECK", ">FINDINGS", ">NODES", "ON"}, rows));
}

std::string CountText(const std::optional<size_t>& count) { return count ? absl::StrCat(*count) : "?"; }

std::string Nodes(const ClusterReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < std::min(report.nodes.size(), kPrintedNodes); ++i) {
    const NodeRow& row = report.nodes[i];
    const bool known = row.answered.ok();
    rows.push_back({row.name, NodeStateText(row), known ? absl::StrCat(row.sessions_up, "/", row.sessions) : "",
                    known ? CountText(row.blocks) : "", known ? CountText(row.workloads) : "", NodeWhatText(row)});
  }
  if (rows.empty()) return "";
  const size_t more = report.nodes.size() - rows.size();
  return absl::StrCat("\nNodes\n", AlignedTable({"NODE", "STATE", ">BGP", ">BLOCKS", ">PODS", "WHAT"}, rows),
                      more == 0 ? "" : absl::StrCat("  and ", more, " more, none of them worse\n"));
}

std::string Differences(const ClusterReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const Difference& difference : report.differences)
    for (const ToldValue& value : difference.values) {
      const bool first = &value == &difference.values.front();
      rows.push_back({first ? difference.trait : "", value.value, absl::StrCat(value.nodes.size()),
                      first ? "" : NamesText(value.nodes)});
    }
  if (rows.empty()) return "";
  return absl::StrCat("\nIn what nodes differ\n", AlignedTable({"WHAT", "VALUE", ">NODES", "ON"}, rows));
}

}  // namespace

std::string ClusterText(const ClusterReport& report) {
  return absl::StrCat("Cluster: ", ClusterHeadline(report), "\nSeen ",
                      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", report.at, absl::UTCTimeZone()), ", ", report.answered,
                      " of ", report.nodes.size(), " agents answered\n", Findings(report, true), NodesFindings(report),
                      Findings(report, false), Nodes(report), Differences(report));
}

}  // namespace caliwatch
