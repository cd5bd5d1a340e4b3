// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/command_line.h"

#include <sstream>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include "agent/build/version.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

struct Parsed {
  std::variant<Invocation, ExitCode> result;
  std::string out, err;

  bool ExitsWith(ExitCode code) const {
    return std::holds_alternative<ExitCode>(result) && std::get<ExitCode>(result) == code;
  }
};

Parsed Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "caliwatch");
  std::ostringstream out, err;
  auto result = ParseCommandLine(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {std::move(result), out.str(), err.str()};
}

Invocation Understood(const std::vector<const char*>& arguments) {
  const Parsed parsed = Parse(arguments);
  INFO(parsed.err);
  REQUIRE(std::holds_alternative<Invocation>(parsed.result));
  return std::get<Invocation>(parsed.result);
}

// Without line breaks and runs of blanks.
std::string Flat(const std::string& text) {
  const std::vector<std::string> words = absl::StrSplit(text, absl::ByAnyChar(" \n"), absl::SkipEmpty());
  return absl::StrJoin(words, " ");
}

TEST_CASE("each command is understood with its own arguments") {
  CHECK(Understood({"agent"}).command->name == "agent");
  CHECK(Understood({"version"}).command->name == "version");
  const Invocation check = Understood({"check", "--output=json", "--replay", "/r", "--config.file", "/c"});
  CHECK(check.command->name == "check");
  CHECK(check.values.at("--output") == "json");
  CHECK(check.values.at("--replay") == "/r");
  CHECK(check.config.file == "/c");
  CHECK(Understood({"check"}).values.at("--output") == "text");
  const Invocation record = Understood({"record", "--calico.run-dir", "/a", "/somewhere"});
  CHECK(record.command->name == "record");
  CHECK(record.values.at("DIR") == "/somewhere");
  CHECK(record.config.flags.at("calico.run-dir") == SettingValues{"/a"});
}

TEST_CASE("a setting is given as exporters' flags are, with a blank or an equals sign, and again where it is a list") {
  const Invocation agent =
      Understood({"agent", "--web.listen-address", ":1", "--web.listen-address=:2", "--poll.interval=1s"});
  CHECK(agent.config.flags.at("web.listen-address") == SettingValues{":1", ":2"});
  CHECK(agent.config.flags.at("poll.interval") == SettingValues{"1s"});
  CHECK(agent.config.flags.size() == 2);
}

TEST_CASE("a setting may be given an empty value, behind an equals sign or as a word of its own") {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"check", "--felix.health-address=", "--calico.run-dir", "/r"},
        std::vector<const char*>{"check", "--felix.health-address", "", "--calico.run-dir", "/r"}}) {
    const Invocation check = Understood(arguments);
    CHECK(check.config.flags.at("felix.health-address") == SettingValues{""});
    CHECK(check.config.flags.at("calico.run-dir") == SettingValues{"/r"});
  }
}

TEST_CASE("a switch says true by its name alone, and false where it is told so") {
  CHECK(Understood({"check", "--check.pods"}).config.flags.at("check.pods") == SettingValues{"true"});
  CHECK(Understood({"check", "--check.pods=false"}).config.flags.at("check.pods") == SettingValues{"false"});
}

TEST_CASE("what is wrong on the command line exits with 64, says what, and where help is") {
  struct {
    std::vector<const char*> arguments;
    const char* complaint;
    const char* help;
  } const cases[] = {
      {{}, "subcommand", "See: caliwatch --help"},
      {{"chek"}, "there is no command 'chek'", "See: caliwatch --help"},
      {{"check", "--poll.interval", "5s"}, "--poll.interval", "See: caliwatch check --help"},
      {{"check", "--output", "xml"}, "'xml' is not one of text, wide, short, json", "See: caliwatch check --help"},
      {{"agent", "--web.listen-address", ":1", ":2"}, ":2", "See: caliwatch agent --help"},
      {{"agent", "--poll.interval"}, "--poll.interval", "See: caliwatch agent --help"},
      {{"agent", "--replay", "x"}, "--replay", "See: caliwatch agent --help"},
      {{"agent", "--web.config.file=/tls"}, "serves plain HTTP alone", "kube-rbac-proxy"},
      {{"record"}, "DIR", "See: caliwatch record --help"},
      {{"record", "a", "b"}, "b", "See: caliwatch record --help"},
  };
  for (const auto& wrong : cases) {
    const Parsed parsed = Parse(wrong.arguments);
    INFO(absl::StrJoin(wrong.arguments, " ") << ": " << parsed.err);
    CHECK(parsed.ExitsWith(kExitUsage));
    CHECK(absl::StrContains(parsed.err, wrong.complaint));
    CHECK(absl::StrContains(parsed.err, wrong.help));
    CHECK(parsed.out.empty());
  }
}

TEST_CASE("wrong use cannot be taken for an answer of check") {
  CHECK(kExitUsage > kExitCannotJudge);
  CHECK(kExitFault > kExitCannotJudge);
}

TEST_CASE("the agent's help has every setting with its meaning and its default") {
  const Parsed help = Parse({"agent", "--help"});
  REQUIRE(help.ExitsWith(kExitOk));
  const std::string text = Flat(help.out);
  for (const Setting& setting : AllSettings()) {
    INFO(setting.name);
    const std::string value = setting.get(Config());
    CHECK(absl::StrContains(text, absl::StrCat("--", setting.name, " ", setting.placeholder)));
    CHECK(absl::StrContains(text, absl::StrCat(setting.help, setting.live ? " Live." : "",
                                               " Default: ", value.empty() ? "none" : value, ".")));
  }
  CHECK(absl::StrContains(text, "--config.file FILE"));
  CHECK(absl::StrContains(text, "SIGHUP"));
}

TEST_CASE("every command has help with its flags and its exit codes") {
  CHECK(absl::StrContains(Flat(Parse({"check", "--help"}).out), "1 findings; 2 cannot judge"));
  for (const char* flag : {"--replay DIR", "--output text|wide|short|json", "--calico.run-dir DIR",
                           "--calico.lib-dir DIR", "--config.file FILE"})
    CHECK(absl::StrContains(Parse({"check", "--help"}).out, flag));
  CHECK(absl::StrContains(Parse({"record", "--help"}).out, "Exit codes: 0 done"));
  const Parsed program = Parse({"--help"});
  CHECK(program.ExitsWith(kExitOk));
  for (const char* command : {"agent", "check", "record", "version"}) CHECK(absl::StrContains(program.out, command));
}

TEST_CASE("no line of help is too long for a wide terminal") {
  for (const char* command : {"agent", "check", "record"})
    for (absl::string_view line : absl::StrSplit(Parse({command, "--help"}).out, '\n')) {
      INFO(line);
      CHECK(line.size() <= 120);
    }
}

TEST_CASE("the flag --version names the program, its version and its revision") {
  const Parsed version = Parse({"--version"});
  CHECK(version.ExitsWith(kExitOk));
  CHECK(version.out == VersionText());
  CHECK(
      absl::StartsWith(version.out, absl::StrCat("caliwatch, version ", Version(), " (revision: ", Revision(), ")\n")));
}

}  // namespace
}  // namespace caliwatch
