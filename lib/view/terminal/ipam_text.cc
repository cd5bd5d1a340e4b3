// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/ipam_text.h"

#include <algorithm>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/ipam/commands.h"
#include "lib/model/utf8.h"
#include "lib/view/ipam_words.h"
#include "lib/view/terminal/text_layout.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kListed = 20;  // findings of one check
constexpr size_t kCommands = 40;

std::string Line(absl::string_view text, size_t indent = 4) { return Wrapped(Printable(text), indent, kLineWidth); }

std::string List(const std::vector<const OpenIpamFinding*>& findings, size_t unlisted, absl::Time now) {
  std::string text;
  for (size_t i = 0; i < std::min(findings.size(), kListed); ++i)
    absl::StrAppend(&text, Line(FindingText(*findings[i], now)));
  const size_t more = unlisted + findings.size() - std::min(findings.size(), kListed);
  return more == 0 ? text : absl::StrCat(text, Line(absl::StrCat("and ", more, " more: --output json lists them")));
}

std::string Commands(const IpamReport& report) {
  const std::vector<std::string> commands = CommandsOf(report);
  if (commands.empty()) return "";
  if (commands.size() > kCommands)
    return absl::StrCat("\nWhat to type: ", commands.size(),
                        " commands, in the order in which --output json lists them\n");
  std::string text = "\nWhat to type, in this order\n";
  for (const std::string& command : commands) absl::StrAppend(&text, "    ", Printable(command), "\n");
  return text;
}

std::string Findings(const IpamReport& report) {
  std::string text;
  for (const IpamVerdict* verdict : VerdictsByImportance(report))
    absl::StrAppend(&text, "  ", absl::AsciiStrToUpper(ToString(verdict->check->severity)), "  ", verdict->check->name,
                    ": ", verdict->check->summary, "\n",
                    List(ChosenFindings(*verdict, true), verdict->unlisted, report.at),
                    Line(absl::StrCat("What it breaks: ", verdict->check->impact)),
                    Line(absl::StrCat("What to do: ", verdict->check->remedy)));
  return text.empty() ? "" : absl::StrCat("\nFindings\n", text);
}

std::string Unsure(const IpamReport& report) {
  std::string text;
  for (const IpamVerdict& verdict : report.verdicts) {
    const auto findings = ChosenFindings(verdict, false);
    if (!findings.empty())
      absl::StrAppend(&text, "  ", verdict.check->name, ": ", verdict.check->summary, "\n",
                      List(findings, 0, report.at));
  }
  return text.empty() ? "" : absl::StrCat("\nNot yet sure: counts if the next look sees it, too\n", text);
}

std::string Doubts(const IpamReport& report) {
  std::string text;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const IpamDoubt& doubt : verdict.doubts) absl::StrAppend(&text, Line(DoubtText(verdict, doubt), 2));
  return text.empty() ? "" : absl::StrCat("\nIn doubt: unknown, and not called wrong\n", text);
}

std::string Unjudged(const IpamReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const IpamVerdict& verdict : report.verdicts)
    if (verdict.lacks_something())
      rows.push_back({std::string(verdict.check->name), std::string(verdict.judged.message())});
  return rows.empty() ? "" : absl::StrCat("\nChecks that cannot judge\n", AlignedTable({"CHECK", "WHY"}, rows));
}

std::string Evidence(const IpamReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const EvidenceReading& reading : report.evidence) {
    const bool given = !absl::IsNotFound(reading.status);
    rows.push_back(
        {reading.kind, given ? absl::StrCat(reading.rows) : "", given ? ReadAtText(reading) : "", StateText(reading)});
  }
  return absl::StrCat("\nEvidence\n", AlignedTable({"KIND", ">ROWS", "READ AT", ""}, rows));
}

std::string Pools(const IpamReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const PoolUse& use : report.pools) rows.push_back(PoolCells(use));
  if (rows.empty()) return "";
  return absl::StrCat("\nPools\n", AlignedTable(kPoolHeads, rows));
}

// How to release by the report, or what it lacks for that.
std::string ByReport(const IpamReleases& releases) {
  if (releases.cluster_guid.empty() || releases.cluster_info_revision.empty())
    return "By a report, which is safer: give the object ClusterInformation, too, without which calicoctl refuses it.";
  return absl::StrCat(
      "All at once, each only if its record is still the same; nothing is given meanwhile: calicoctl datastore migrate "
      "lock; "
      "this command again with --report FILE; calicoctl ipam release --from-report=FILE",
      releases.calico_version.empty() ? " --force" : "", "; calicoctl datastore migrate unlock.");
}

std::string Releases(const IpamReport& report) {
  const auto& addresses = report.releases.addresses;
  if (addresses.empty()) return "";
  std::string text =
      absl::StrCat("\nSafe to release: ", addresses.size(), addresses.size() == 1 ? " address" : " addresses", "\n",
                   Line(ByReport(report.releases), 2), "  Or one by one, now:\n");
  for (size_t i = 0; i < std::min(addresses.size(), kListed); ++i)
    absl::StrAppend(&text, "    calicoctl ipam release --ip=", addresses[i].address.ToString(), "\n");
  return text;
}

}  // namespace

std::string IpamText(const IpamReport& report) {
  return absl::StrCat("IPAM: ", HeadlineText(report, "look again in a minute, and give this look as --before"),
                      "\nSeen ", absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", report.at, absl::UTCTimeZone()), ", ",
                      report.recorded, report.recorded == 1 ? " recorded address\n" : " recorded addresses\n",
                      Findings(report), Commands(report), Releases(report), Unsure(report), Doubts(report),
                      Unjudged(report), Pools(report), Evidence(report));
}

std::string AddressText(const IpAddress& address, const std::vector<AddressFact>& facts) {
  std::string text = absl::StrCat(address.ToString(), "\n");
  for (const AddressFact& fact : facts) {
    constexpr size_t kIndent = 12;
    std::string about = absl::StrCat("  ", fact.about);
    about.resize(kIndent, ' ');
    absl::StrAppend(&text, about, Line(fact.text, kIndent).substr(kIndent));
  }
  return text;
}

}  // namespace caliwatch
