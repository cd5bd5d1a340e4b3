// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command.h"

#include <set>
#include <string>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("commands stand in the order of their places, each in one of its own") {
  int before = 0;
  std::set<std::string> names;
  for (const Subcommand& command : AllCommands()) {
    INFO(command.name);
    CHECK(command.place > before);
    before = command.place;
    CHECK(names.insert(command.name).second);
    CHECK_FALSE(command.about.empty());
    CHECK(command.run != nullptr);
  }
}

TEST_CASE("a command has the flags of its scope, and what it takes beside them comes last") {
  const Subcommand command{.place = 1,
                           .name = "x",
                           .about = "",
                           .settings = SettingScope::kNode,
                           .options = {{.name = "DIR", .placeholder = "", .help = ""}},
                           .run = nullptr};
  std::vector<std::string> names;
  for (const Option& option : AllOptions(command)) names.push_back(option.name);
  CHECK(names == std::vector<std::string>{"--help", "--calico.run-dir", "--calico.lib-dir", "--felix.health-address",
                                          "--cni.kubeconfig", "--netns.dir", "--check.pods", "--config.file", "DIR"});
  CHECK(AllOptions({.place = 1, .name = "y", .about = "", .run = nullptr}).size() == 1);
}

}  // namespace
}  // namespace caliwatch
