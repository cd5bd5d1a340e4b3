// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/completion.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/cli/command.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("both shells complete every command with every option") {
  const std::string bash = CompletionScript(Shell::kBash), zsh = CompletionScript(Shell::kZsh);
  CHECK(AllCommands().size() >= 7);
  for (const Subcommand& command : AllCommands()) {
    INFO(command.name);
    CHECK(absl::StrContains(bash, absl::StrCat("    ", command.name, ")\n      flags=\"--help")));
    CHECK(absl::StrContains(zsh, absl::StrCat("    ", command.name, ")\n      _arguments")));
    for (const Option& option : AllOptions(command)) {
      if (!option.is_flag()) continue;  // an argument that nobody can complete stands in neither
      CHECK(absl::StrContains(bash, option.name));
      CHECK(absl::StrContains(zsh, option.name));
    }
  }
}

TEST_CASE("values are completed where they are words, names or files") {
  const std::string bash = CompletionScript(Shell::kBash);
  CHECK(absl::StrContains(bash, "--output) choices=\"text wide short json\""));
  CHECK(absl::StrContains(bash, "--replay) choices=\"@files\""));
  CHECK(absl::StrContains(bash, "flags=\"--help\" words=\"bash zsh\""));
  CHECK(absl::StrContains(bash, " bird_down "));
}

}  // namespace
}  // namespace caliwatch
