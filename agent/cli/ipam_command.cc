// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/ipam_evidence.h"
#include "lib/ipam/address_story.h"
#include "lib/ipam/judge.h"
#include "lib/model/utf8.h"
#include "lib/view/json/ipam_json.h"
#include "lib/view/terminal/ipam_text.h"

namespace caliwatch {
namespace {

constexpr char kOwnExitCodes[] =
    "Exit codes: 0 records, pods and nodes agree; 1 findings; 2 cannot judge, since something that was given could "
    "not\n"
    "be read, or is not enough to tell; 3 not yet sure: look again, and give this look as --before;\n"
    "64 the command line is wrong; 70 a fault of caliwatch itself.\n"
    "With ADDRESS: 0, or 2.\n";

void Complain(absl::string_view words) { std::cerr << "caliwatch: " << Printable(words) << "\n"; }

ExitCode ExitFor(IpamOutcome outcome) {
  switch (outcome) {
    case IpamOutcome::kClean:
      return kExitOk;
    case IpamOutcome::kFindings:
      return kExitFindings;
    case IpamOutcome::kUnsure:
      return kExitStarting;
    case IpamOutcome::kCannotJudge:
      break;
  }
  return kExitCannotJudge;
}

bool HasRows(const ClusterRecords& records) {
  bool any = false;
  ForEachClusterTable([&](const char*, auto member) { any |= !(records.*member).rows.empty(); });
  return any;
}

// Empty: it was written, or nobody asked.
absl::Status WriteReleaseReport(const std::string& file, const IpamReport& report) {
  if (file.empty()) return absl::OkStatus();
  std::ofstream out(file, std::ios::trunc);
  out << ReleaseReportJson(report.releases);
  if (out.flush()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(file, " could not be written"));
}

ExitCode Print(const std::string& text, ExitCode exit) {
  std::cout << text;
  if (std::cout.flush()) return exit;
  Complain("the answer could not be written");
  return kExitCannotJudge;
}

// Both looks; the later one's report.
struct Looks {
  IpamEvidenceFiles before, now;
  bool has_before = false;
  IpamReport report;
};

absl::Status Look(const Invocation& invocation, Looks& looks) {
  const std::string& from = invocation.values.at("--from");
  const std::string& before = invocation.values.at("--before");
  if (from == "-" && isatty(STDIN_FILENO) != 0)
    return absl::InvalidArgumentError("nothing to look at: give files by --from, or records at standard input");
  looks.now = ReadIpamEvidence(from, std::cin, absl::Now());
  looks.has_before = !before.empty();
  IpamState state;
  if (looks.has_before) {
    looks.before = ReadIpamEvidence(before, std::cin, absl::Now());
    if (looks.before.read_at >= looks.now.read_at && looks.now.problem.ok() && looks.before.problem.ok())
      return absl::InvalidArgumentError(
          "what --before names is not older than what --from does: each file counts as of when it was written");
    JudgeIpam(looks.before.records, looks.before.read_at, state);
  }
  looks.report = JudgeIpam(looks.now.records, looks.now.read_at, state);
  return absl::OkStatus();
}

ExitCode Ipam(const Invocation& invocation) {
  const std::string& name = invocation.values.at("ADDRESS");
  std::optional<IpAddress> address;
  if (!name.empty()) {
    const absl::StatusOr<IpAddress> parsed = IpAddress::Parse(name);
    if (!parsed.ok()) return Complain(absl::StrCat("'", name, "' is no address")), kExitUsage;
    address = *parsed;
  }
  Looks looks;
  if (const absl::Status usage = Look(invocation, looks); !usage.ok()) return Complain(usage.message()), kExitUsage;
  for (const absl::Status& problem : {looks.before.problem, looks.now.problem})
    if (!problem.ok()) Complain(problem.message());
  if (!HasRows(looks.now.records)) return Complain("there are no records in what was given"), kExitCannotJudge;
  const bool for_programs = invocation.values.at("--output") == "json";
  if (address) {
    const auto facts =
        TellAddress(*address, looks.now.records, looks.has_before ? &looks.before.records : nullptr, looks.report);
    return Print(for_programs ? AddressJson(*address, facts, looks.report) : AddressText(*address, facts),
                 looks.now.problem.ok() ? kExitOk : kExitCannotJudge);
  }
  if (const absl::Status written = WriteReleaseReport(invocation.values.at("--report"), looks.report); !written.ok())
    return Complain(written.message()), kExitCannotJudge;
  const ExitCode exit = ExitFor(looks.report.outcome());
  return Print(for_programs ? IpamJson(looks.report) : IpamText(looks.report),
               looks.now.problem.ok() || exit == kExitFindings ? exit : kExitCannotJudge);
}

const RegisterCommand registered(
    {.place = 35,
     .name = "ipam",
     .about = "Compare Calico's IPAM records with pods and with what nodes have.",
     .options = {{.name = "ADDRESS", .placeholder = "", .help = "Say all that is known of this one address instead."},
                 {.name = "--from",
                  .placeholder = "LIST",
                  .help =
                      "What to look at, parted by commas: files of `kubectl get … -A -o json` or `etcdctl get --prefix "
                      "/calico -w json`, recordings of nodes, folders of recordings; - is standard input. Default: -.",
                  .value = "-"},
                 {.name = "--before",
                  .placeholder = "LIST",
                  .help = "The same of an earlier look: what both show counts. Default: none."},
                 {.name = "--report",
                  .placeholder = "FILE",
                  .help = "Write what is safe to release, for `calicoctl ipam release --from-report`. Default: none."},
                 {.name = "--output",
                  .placeholder = "text|json",
                  .help = "For people, or for programs as docs/ipam.md says. Default: text.",
                  .value = "text"}},
     .footer = kOwnExitCodes,
     .run = Ipam});

}  // namespace
}  // namespace caliwatch
