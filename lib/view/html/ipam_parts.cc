// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/ipam_parts.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "lib/ipam/commands.h"
#include "lib/view/html/html.h"
#include "lib/view/ipam_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kAtOnce = 5, kListed = 200;              // findings of one check
constexpr size_t kCommandsAtOnce = 20, kCommands = 1000;  // what is beyond is in the JSON
constexpr size_t kPools = 100, kDoubts = 100;

std::string Item(absl::string_view text) { return absl::StrCat("<li>", Html(text), "</li>\n"); }

std::string AndMore(size_t count) {
  return count == 0 ? "" : absl::StrCat("<p>and ", count, " more: the JSON has them</p>\n");
}

// The first few; the others folded away under `id`.
std::string ListHtml(const std::vector<const OpenIpamFinding*>& findings, size_t unlisted, absl::Time now,
                     absl::string_view id) {
  std::string shown, folded;
  const size_t listed = std::min(findings.size(), kListed);
  for (size_t i = 0; i < listed; ++i)
    absl::StrAppend(i < kAtOnce ? &shown : &folded, Item(FindingText(*findings[i], now)));
  return absl::StrCat("<ul>\n", shown, "</ul>\n",
                      folded.empty() ? ""
                                     : HtmlDetails(id, absl::StrCat(listed - kAtOnce, " more"),
                                                   absl::StrCat("<ul>\n", folded, "</ul>\n")),
                      AndMore(unlisted + findings.size() - listed));
}

std::string CheckHtml(const IpamVerdict& verdict, absl::Time now) {
  const absl::string_view severity = ToString(verdict.check->severity);
  const auto findings = ChosenFindings(verdict, true);
  return absl::StrCat("<article><h3><span class=\"severity ", severity, "\">", severity, "</span>",
                      Html(verdict.check->summary), "</h3>\n",
                      ListHtml(findings, verdict.unlisted, now, absl::StrCat("more-", verdict.check->name)),
                      "<p>What it breaks: ", Html(verdict.check->impact), "</p>\n<p><strong>What to do:</strong> ",
                      Html(verdict.check->remedy), "</p>\n<p class=\"quiet\">Check ", Html(verdict.check->name), ", ",
                      Times(findings.size(), "finding"), "</p></article>\n");
}

// How much of a pool is taken, on the scale of the pool; the words beside it say the same.
std::string Bar(const PoolUse& use) {
  const double share = use.addresses <= 0 ? 1 : std::min(1.0, static_cast<double>(use.used) / use.addresses);
  return absl::StrFormat(
      "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
      "class=\"free\" "
      "x=\"0\" y=\"0\" width=\"1000\" height=\"10\"/><rect class=\"used%s\" x=\"0\" y=\"0\" width=\"%.1f\" "
      "height=\"10\"/></svg>\n",
      share >= 1     ? " all"
      : share > 0.95 ? " nearly"
                     : "",
      1000 * share);
}

std::string PoolWords(const PoolUse& use) {
  const std::vector<std::string> cells = PoolCells(use);
  return absl::StrCat(
      use.pool, ", ", use.cidr.ToString(), ": ", use.used, " recorded, ", cells[3] == "plenty" ? "plenty of" : cells[3],
      " free, ", Times(use.taken_blocks, "block"), use.per_day ? absl::StrCat(", ", cells[5], " more") : "",
      use.full_in ? absl::StrCat(", full in ", cells[6]) : "", use.gives ? "" : "; gives no new addresses to pods");
}

std::string ByReport(const IpamReleases& releases) {
  const std::string force = releases.calico_version.empty() ? " --force" : "";
  if (releases.cluster_guid.empty() || releases.cluster_info_revision.empty())
    return "<p>By a report is safer, but calicoctl refuses it without the object ClusterInformation, which could not "
           "be read.</p>\n";
  return absl::StrCat(
      "<p>By <a href=\"api/v1/ipam/releases\" download>this report</a>, each only if its record is still the same: "
      "lock, "
      "so that nothing is given meanwhile; download it when the look after that is over; release; unlock.</p>\n",
      HtmlCommand("calicoctl datastore migrate lock", "copy-lock"),
      HtmlCommand(absl::StrCat("calicoctl ipam release --from-report=release.json", force), "copy-release"),
      HtmlCommand("calicoctl datastore migrate unlock", "copy-unlock"));
}

}  // namespace

std::string ProblemsHtml(const std::vector<std::string>& problems) {
  if (problems.empty()) return "";
  std::string html = "<p>What they would say is unknown, and nothing is called wrong for want of it.</p>\n<ul>\n";
  for (const std::string& problem : problems) absl::StrAppend(&html, Item(problem));
  return HtmlSection("problems", "What could not be asked", html + "</ul>\n");
}

std::string IpamFindingsHtml(const IpamReport& report) {
  std::string html;
  for (const IpamVerdict* verdict : VerdictsByImportance(report))
    absl::StrAppend(&html, CheckHtml(*verdict, report.at));
  return html.empty() ? "" : HtmlSection("findings", "Findings", html);
}

std::string IpamCommandsHtml(const IpamReport& report) {
  const std::vector<std::string> commands = CommandsOf(report);
  if (commands.empty()) return "";
  std::string shown, folded;
  const size_t listed = std::min(commands.size(), kCommands);
  for (size_t i = 0; i < listed; ++i)
    absl::StrAppend(i < kCommandsAtOnce ? &shown : &folded, HtmlCommand(commands[i], absl::StrCat("copy-", i)));
  const std::string html = absl::StrCat(
      "<p>All of it, in this order: others would do harm.</p>\n", shown,
      folded.empty() ? "" : HtmlDetails("more-commands", absl::StrCat(listed - kCommandsAtOnce, " more"), folded),
      AndMore(commands.size() - listed));
  return HtmlSection("commands", "What to type", html);
}

std::string ReleasesHtml(const IpamReport& report) {
  const auto& addresses = report.releases.addresses;
  if (addresses.empty()) return "";
  std::string single;
  for (size_t i = 0; i < std::min(addresses.size(), kListed); ++i)
    absl::StrAppend(&single, HtmlCommand(absl::StrCat("calicoctl ipam release --ip=", addresses[i].address.ToString()),
                                         absl::StrCat("copy-ip-", i)));
  const std::string html = absl::StrCat(
      "<p>", Times(addresses.size(), "leaked address"), " that nobody has.</p>\n", ByReport(report.releases),
      HtmlDetails("single", "One by one, which is safe at once or not at all",
                  absl::StrCat(single, AndMore(addresses.size() - std::min(addresses.size(), kListed)))));
  return HtmlSection("releases", "Safe to release", html);
}

std::string UnsureHtml(const IpamReport& report) {
  std::string html;
  for (const IpamVerdict& verdict : report.verdicts)
    if (const auto findings = ChosenFindings(verdict, false); !findings.empty())
      absl::StrAppend(&html, "<h3>", Html(verdict.check->summary), "</h3>\n",
                      ListHtml(findings, 0, report.at, absl::StrCat("unsure-", verdict.check->name)));
  return html.empty() ? ""
                      : HtmlSection("unsure", "Not yet sure",
                                    absl::StrCat("<p>Counts if the next look sees it, too.</p>\n", html));
}

std::string DoubtsHtml(const IpamReport& report) {
  std::string html;
  size_t count = 0;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const IpamDoubt& doubt : verdict.doubts)
      if (count++ < kDoubts) absl::StrAppend(&html, Item(DoubtText(verdict, doubt)));
  if (html.empty()) return "";
  return HtmlSection("doubts", "In doubt",
                     absl::StrCat("<p>Unknown, and not called wrong.</p>\n<ul>\n", html, "</ul>\n",
                                  AndMore(count - std::min(count, kDoubts))));
}

std::string PoolsHtml(const IpamReport& report) {
  if (report.pools.empty()) return "";
  std::string html;
  for (const absl::string_view kind : {"pools", "blocks"})
    if (const absl::Status read = report.Read(kind); !read.ok())
      absl::StrAppend(&html, "<p class=\"warning\">Not all of it: ", kind, ": ", Html(read.message()), "</p>\n");
  for (size_t i = 0; i < std::min(report.pools.size(), kPools); ++i)
    absl::StrAppend(&html, "<p>", Html(PoolWords(report.pools[i])), "</p>\n", Bar(report.pools[i]));
  return HtmlSection("pools", "Pools",
                     absl::StrCat(html, AndMore(report.pools.size() - std::min(report.pools.size(), kPools))));
}

std::string EvidenceHtml(const IpamReport& report) {
  std::vector<HtmlRow> rows;
  for (const EvidenceReading& reading : report.evidence) {
    const bool given = !absl::IsNotFound(reading.status);
    const bool read = given && reading.read_at != absl::InfinitePast();
    std::string state = StateText(reading);
    if (reading.unknown != 0)
      absl::StrAppend(&state, state.empty() ? "" : "; ", reading.unknown,
                      " unknown: an agent could not be asked, or could not read its kernel");
    rows.push_back({{reading.kind, read ? absl::StrCat(reading.rows) : "",
                     read    ? absl::StrCat(AgeText(std::max(report.at - reading.read_at, absl::ZeroDuration())))
                     : given ? "never"
                             : "",
                     std::move(state)},
                    given && !reading.status.ok() ? "bad"
                    : given                       ? ""
                                                  : "old"});
  }
  std::vector<HtmlRow> unjudged;
  for (const IpamVerdict& verdict : report.verdicts)
    if (verdict.lacks_something())
      unjudged.push_back({{std::string(verdict.check->name), std::string(verdict.judged.message())}});
  return HtmlSection(
      "evidence", "What was read",
      absl::StrCat(HtmlTable("Evidence of this look", {"KIND", ">ROWS", ">AGE", ""}, rows),
                   unjudged.empty() ? "" : HtmlTable("Checks that cannot judge", {"CHECK", "WHY"}, unjudged)));
}

}  // namespace caliwatch
