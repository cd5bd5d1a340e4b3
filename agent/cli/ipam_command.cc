// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/cli/command.h"
#include "agent/cli/ipam_evidence.h"
#include "agent/cli/ipam_serving.h"
#include "agent/cluster/live_sources.h"
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
    "With ADDRESS: 0, or 2. With --serve: 0 when SIGTERM or SIGINT ended it, 1 if it could not serve, or 2.\n";

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
  std::unique_ptr<LiveSources> live = {};  // whose records count instead of `now.records`
  IpamReport report;

  const ClusterRecords& records() const { return live ? live->records() : now.records; }
};

// Twice, so far apart that what both see counts.
constexpr absl::Duration kBetweenLooks = absl::Seconds(12), kLookWithin = absl::Minutes(2);

absl::StatusOr<LiveSettings> LiveSettingsOf(const Invocation& invocation) {
  const auto given = [&](const char* name) { return !invocation.values.at(name).empty(); };
  LiveSettings settings{.in_cluster = false,
                        .kubeconfig = invocation.values.at("--kubeconfig"),
                        .etcd = invocation.values.at("--etcd") == "true",
                        .agents = invocation.values.at("--agents")};
  const bool has_records = settings.etcd || given("--kubeconfig");
  if (given("--from") && settings.any())
    return absl::InvalidArgumentError("give files (--from), or ask the cluster (--kubeconfig, --etcd, --agents)");
  // In a pod of the cluster nothing need be said.
  const bool in_pod = std::getenv("KUBERNETES_SERVICE_HOST") != nullptr;
  settings.in_cluster = !given("--from") && !has_records && in_pod;
  if (settings.any() && !has_records && !in_pod)
    return absl::InvalidArgumentError("--agents alone knows no records: add --kubeconfig or --etcd");
  return settings;
}

absl::Status LookAtCluster(const LiveSettings& settings, Looks& looks) {
  absl::StatusOr<std::unique_ptr<LiveSources>> live = OpenLiveSources(settings);
  if (!live.ok()) return live.status();
  looks.live = *std::move(live);
  const bool watched = isatty(STDERR_FILENO) != 0;
  if (watched) std::cerr << "Looking at the cluster twice, " << kBetweenLooks << " apart…" << std::flush;
  IpamState state;
  looks.live->Look(kLookWithin);
  JudgeIpam(looks.records(), absl::Now(), state);
  looks.live->Wait(kBetweenLooks);
  looks.live->Look(kLookWithin);
  looks.report = JudgeIpam(looks.records(), absl::Now(), state);
  if (watched) std::cerr << "\r\033[K" << std::flush;
  for (const std::string& problem : looks.live->problems()) {
    Complain(problem);
    looks.now.problem = absl::UnavailableError("");  // told already
  }
  return absl::OkStatus();
}

absl::Status Look(const Invocation& invocation, Looks& looks) {
  const absl::StatusOr<LiveSettings> live = LiveSettingsOf(invocation);
  if (!live.ok()) return live.status();
  if (live->any()) return LookAtCluster(*live, looks);
  const std::string from = invocation.values.at("--from").empty() ? "-" : invocation.values.at("--from");
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

ExitCode Serve(const Invocation& invocation) {
  const absl::StatusOr<LiveSettings> live = LiveSettingsOf(invocation);
  if (!live.ok()) return Complain(live.status().message()), kExitUsage;
  const absl::StatusOr<IpamServing> serving = IpamServingFrom(invocation, *live);
  if (!serving.ok()) return Complain(serving.status().message()), kExitUsage;
  return RunIpam(*serving);
}

ExitCode Ipam(const Invocation& invocation) {
  if (invocation.values.at("--serve") == "true") return Serve(invocation);
  if (const absl::Status status = CheckNotServing(invocation); !status.ok())
    return Complain(status.message()), kExitUsage;
  const std::string& name = invocation.values.at("ADDRESS");
  std::optional<IpAddress> address;
  if (!name.empty()) {
    const absl::StatusOr<IpAddress> parsed = IpAddress::Parse(name);
    if (!parsed.ok()) return Complain(absl::StrCat("'", name, "' is no address")), kExitUsage;
    address = *parsed;
  }
  Looks looks;
  if (const absl::Status looked = Look(invocation, looks); !looked.ok()) {
    Complain(looked.message());
    return absl::IsInvalidArgument(looked) ? kExitUsage : kExitCannotJudge;
  }
  for (const absl::Status& problem : {looks.before.problem, looks.now.problem})
    if (!problem.ok() && !problem.message().empty()) Complain(problem.message());
  if (!HasRows(looks.records())) return Complain("there are no records in what was given"), kExitCannotJudge;
  const bool for_programs = invocation.values.at("--output") == "json";
  if (address) {
    const auto facts =
        TellAddress(*address, looks.records(), looks.has_before ? &looks.before.records : nullptr, looks.report);
    return Print(for_programs ? AddressJson(*address, facts, looks.report) : AddressText(*address, facts),
                 looks.now.problem.ok() ? kExitOk : kExitCannotJudge);
  }
  if (const absl::Status written = WriteReleaseReport(invocation.values.at("--report"), looks.report); !written.ok())
    return Complain(written.message()), kExitCannotJudge;
  const ExitCode exit = ExitFor(looks.report.outcome());
  return Print(for_programs ? IpamJson(looks.report) : IpamText(looks.report),
               looks.now.problem.ok() || exit == kExitFindings ? exit : kExitCannotJudge);
}

std::vector<Option> Options() {
  std::vector<Option> options = {
      {.name = "ADDRESS", .placeholder = "", .help = "Say all that is known of this one address instead."},
      {.name = "--from",
       .placeholder = "LIST",
       .help = "What to look at, parted by commas: files of `kubectl get KINDS -A -o json` or `etcdctl get --prefix "
               "/calico -w json`, recordings of nodes, folders of recordings; - is standard input. Default: -, "
               "or in a pod, the cluster's API.",
       .value = ""},
      {.name = "--kubeconfig",
       .placeholder = "FILE",
       .help = "Ask the Kubernetes API by this file, twice. Default: in a pod, its ServiceAccount."},
      {.name = "--etcd",
       .placeholder = "",
       .help = "Ask Calico's etcd, by calicoctl's names in the environment (ETCD_ENDPOINTS and so on)."},
      {.name = "--agents",
       .placeholder = "LIST",
       .help = "Ask caliwatch on the nodes, too: nodes (by the API), or HOST:PORT, several with commas, all "
               "addresses of a name. Default: none."},
      {.name = "--before",
       .placeholder = "LIST",
       .help = "The same of an earlier look: what both show counts. Default: none."},
      {.name = "--report",
       .placeholder = "FILE",
       .help = "Write what is safe to release, for `calicoctl ipam release --from-report`. Default: none."},
      {.name = "--output",
       .placeholder = "text|json",
       .help = "For people, or for programs as docs/ipam.md says. Default: text.",
       .value = "text"}};
  for (const Option& option : IpamServingOptions()) options.push_back(option);
  return options;
}

const RegisterCommand registered({.place = 35,
                                  .name = "ipam",
                                  .about = "Compare Calico's IPAM records with pods and with what nodes have.",
                                  .options = Options(),
                                  .footer = kOwnExitCodes,
                                  .run = Ipam});

}  // namespace
}  // namespace caliwatch
