// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include <absl/status/statusor.h>

#include "agent/cli/command.h"
#include "agent/cli/explain.h"

namespace caliwatch {
namespace {

ExitCode Explain(const Invocation& invocation) {
  const absl::StatusOr<std::string> text = Explanation(invocation.values.at("NAME"));
  if (!text.ok()) {
    std::cerr << "caliwatch: " << text.status().message() << "\n";
    return kExitUsage;
  }
  std::cout << *text;
  return std::cout.flush() ? kExitOk : kExitFailed;
}

const RegisterCommand registered({.place = 40,
                                  .name = "explain",
                                  .about = "Say what a check or an alert means and what to do about it.",
                                  .options = {{.name = "NAME",
                                               .placeholder = "",
                                               .help = "A check or an alert; without it, all of them are listed.",
                                               .suggestions = ExplainableNames}},
                                  .footer = kExitCodes,
                                  .run = Explain});

}  // namespace
}  // namespace caliwatch
