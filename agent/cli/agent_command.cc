// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "agent/cli/command.h"
#include "agent/daemon/run_agent.h"

namespace caliwatch {
namespace {

constexpr char kSignals[] =
    "SIGHUP reads the configuration file again and applies what is marked Live; a wrong file is refused, and the\n"
    "running configuration stays. SIGTERM and SIGINT end the agent.\n\n";

const RegisterCommand registered({.place = 10,
                                  .name = "agent",
                                  .about = "Watch this node and serve metrics until told to end.",
                                  .settings = SettingScope::kAgent,
                                  .footer = absl::StrCat(kSignals, kExitCodes),
                                  .run = [](const Invocation& invocation) { return RunAgent(invocation.config); }});

}  // namespace
}  // namespace caliwatch
