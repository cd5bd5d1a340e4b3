// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "agent/cli/command.h"
#include "agent/cli/judged_node.h"
#include "agent/config/load_config.h"
#include "lib/analysis/path/find_path.h"
#include "lib/model/utf8.h"
#include "lib/view/json/path_json.h"
#include "lib/view/terminal/path_text.h"

namespace caliwatch {
namespace {

constexpr char kOwnExitCodes[] =
    "Exit codes: 0 nothing that this node sees of the path is wrong, there and back; 1 a hop is wrong, or loses some "
    "packets;\n"
    "2 it cannot be told: something could not be read, or this node knows too little;\n"
    "64 the command line or the configuration is wrong; 70 a fault of caliwatch itself.\n";

void Complain(absl::string_view words) { std::cerr << "caliwatch: " << Printable(words) << "\n"; }

// Of several families' paths, the worst.
ExitCode ExitFor(const std::vector<Path>& paths) {
  HopVerdict worst = HopVerdict::kGood;
  for (const Path& path : paths) worst = std::max(worst, AnswerOf(path).verdict);
  if (worst >= HopVerdict::kLimited) return kExitFindings;
  return worst == HopVerdict::kUnknown ? kExitCannotJudge : kExitOk;
}

ExitCode TellPath(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) return Complain(config.status().message()), kExitUsage;
  const absl::StatusOr<JudgedNode> judged = JudgeNodeOr(invocation.values.at("--replay"), *config, false);
  if (!judged.ok())
    return Complain(absl::StrCat("cannot judge the recording: ", judged.status().message())), kExitCannotJudge;
  const absl::StatusOr<std::vector<Path>> paths =
      FindPaths(invocation.values.at("FROM"), invocation.values.at("TO"), *judged->seen, judged->report, judged->kept);
  if (!paths.ok()) {
    Complain(absl::StrCat("no path can be told: ", paths.status().message()));
    return absl::IsInvalidArgument(paths.status()) ? kExitUsage : kExitCannotJudge;
  }
  const bool for_programs = invocation.values.at("--output") == "json";
  std::cout << (for_programs ? PathsJson(*paths, judged->report) : PathsText(*paths, judged->report));
  if (std::cout.flush()) return ExitFor(*paths);
  return Complain("the answer could not be written"), kExitCannotJudge;
}

const RegisterCommand registered(
    {.place = 25,
     .name = "path",
     .about = "Follow packets from one end to another, hop by hop, and say where they are lost.",
     .settings = SettingScope::kJudge,
     .options = {{.name = "FROM",
                  .placeholder = "",
                  .help = "An address, a pod of this node as NAMESPACE/NAME, or a node's name",
                  .required = true},
                 {.name = "TO", .placeholder = "", .help = "The same of the other end", .required = true},
                 {.name = "--replay",
                  .placeholder = "DIR",
                  .help = "Take what `caliwatch record` wrote instead of this node. Default: none."},
                 {.name = "--output",
                  .placeholder = "text|json",
                  .help = "For people, or for programs as docs/path.md says. Default: text.",
                  .value = "text"}},
     .footer = kOwnExitCodes,
     .run = TellPath});

}  // namespace
}  // namespace caliwatch
