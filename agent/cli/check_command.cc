// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include <absl/strings/str_cat.h>

#include "agent/cli/command.h"
#include "agent/cli/judged_node.h"
#include "agent/cli/terminal.h"
#include "agent/config/load_config.h"
#include "lib/model/utf8.h"
#include "lib/view/json/report_json.h"
#include "lib/view/summary.h"
#include "lib/view/terminal/report_text.h"
#include "lib/view/terminal/short_text.h"
#include "lib/view/terminal/wide_text.h"

namespace caliwatch {
namespace {

constexpr char kOwnExitCodes[] =
    "Exit codes: 0 no findings; 1 findings; 2 cannot judge, since something that this node should have could not be "
    "read;\n"
    "3 too early to say: BIRD has just started, and its sessions are not all up; ask again;\n"
    "64 the command line or the configuration is wrong; 70 a fault of caliwatch itself.\n";

ExitCode ExitFor(Outcome outcome) {
  switch (outcome) {
    case Outcome::kClean:
      return kExitOk;
    case Outcome::kFindings:
      return kExitFindings;
    case Outcome::kStarting:
      return kExitStarting;
    case Outcome::kCannotJudge:
      break;
  }
  return kExitCannotJudge;
}

std::string TextFor(const Report& report, absl::string_view output) {
  if (output == "json") return ReportJson(report, "");
  if (output == "short") return ShortText(report);
  return absl::StrCat(ReportText(report, WantsColour()), output == "wide" ? WideText(report) : "");
}

ExitCode CheckNode(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << Printable(config.status().message()) << "\n";
    return kExitUsage;
  }
  const bool quiet = invocation.values.at("--quiet") == "true";
  const std::string& recording = invocation.values.at("--replay");
  const absl::StatusOr<JudgedNode> judged = JudgeNodeOr(recording, *config, quiet);
  if (!judged.ok()) {
    std::cerr << "caliwatch: cannot judge the recording: " << Printable(judged.status().message()) << "\n";
    return kExitCannotJudge;
  }
  if (!quiet) std::cout << TextFor(judged->report, invocation.values.at("--output"));
  if (!std::cout.flush()) {
    std::cerr << "caliwatch: the answer could not be written\n";
    return kExitCannotJudge;
  }
  return ExitFor(Summarize(judged->report).outcome);
}

const RegisterCommand registered(
    {.place = 20,
     .name = "check",
     .about = "Look at this node once and say what is wrong with it.",
     .settings = SettingScope::kJudge,
     .options = {{.name = "--replay",
                  .placeholder = "DIR",
                  .help = "Judge what `caliwatch record` wrote instead of this node. Default: none."},
                 {.name = "--output",
                  .placeholder = "text|wide|short|json",
                  .help = "For people: text; wide, with all that is known of each peer, node and source; short, a line "
                          "a finding. For programs: json, as docs/json.md says. Default: text.",
                  .value = "text"},
                 {.name = "--quiet",
                  .placeholder = "",
                  .help = "Print nothing but errors: the exit code is the answer.",
                  .short_name = "-q"}},
     .footer = kOwnExitCodes,
     .run = CheckNode});

}  // namespace

}  // namespace caliwatch
