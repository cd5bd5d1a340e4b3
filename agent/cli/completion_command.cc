// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include <absl/strings/str_cat.h>

#include "agent/cli/command.h"
#include "agent/cli/completion.h"

namespace caliwatch {
namespace {

constexpr char kHowTo[] =
    "For this shell:    source <(caliwatch completion bash)\n"
    "For all, bash:     caliwatch completion bash > /etc/bash_completion.d/caliwatch\n"
    "For all, zsh:      caliwatch completion zsh > /usr/local/share/zsh/site-functions/_caliwatch\n\n";

ExitCode Complete(const Invocation& invocation) {
  std::cout << CompletionScript(invocation.values.at("SHELL") == "bash" ? Shell::kBash : Shell::kZsh);
  return std::cout.flush() ? kExitOk : kExitFailed;
}

const RegisterCommand registered(
    {.place = 60,
     .name = "completion",
     .about = "Print what makes a shell complete caliwatch's commands and flags.",
     .options = {{.name = "SHELL", .placeholder = "bash|zsh", .help = "Which shell", .required = true}},
     .footer = absl::StrCat(kHowTo, kExitCodes),
     .run = Complete});

}  // namespace
}  // namespace caliwatch
