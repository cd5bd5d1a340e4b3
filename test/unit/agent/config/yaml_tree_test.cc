// SPDX-License-Identifier: Apache-2.0
#include "agent/config/yaml_tree.h"

#include <filesystem>
#include <map>

#include <absl/status/status.h>

#include "agent/config/config_file.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

using Kind = YamlNode::Kind;

YamlNode Tree(const std::string& text) {
  absl::StatusOr<YamlNode> tree = ReadYaml("c.yaml", text);
  INFO(tree.status());
  REQUIRE(tree.ok());
  return *std::move(tree);
}

TEST_CASE("a map's keys and values stand by turns, each with its place") {
  const YamlNode root = Tree("a: 1\nb:\n  - x\n  - ~\n");
  REQUIRE(root.kind == Kind::kMap);
  REQUIRE(root.items.size() == 4);
  CHECK(root.items[0].scalar == "a");
  CHECK(root.items[1].scalar == "1");
  CHECK(root.items[1].place.line == 1);
  CHECK(root.items[1].place.column == 4);
  REQUIRE(root.items[3].kind == Kind::kList);
  REQUIRE(root.items[3].items.size() == 2);
  CHECK(root.items[3].items[0].scalar == "x");
  CHECK(root.items[3].items[1].kind == Kind::kNull);
}

TEST_CASE("an empty text is null") { CHECK(Tree("# nothing\n").kind == Kind::kNull); }

// What each file is refused for; yaml-cpp by itself never comes back from those with a comma.
const std::map<std::string, std::string> kRefusals = {
    {"alias_of_itself.yaml", "2:19: aliases (*NAME) are not read"},
    {"aliases_of_aliases.yaml", "2:10: aliases (*NAME) are not read"},
    {"comma.yaml", "1:1: here ends what can be read"},
    {"list_comma.yaml", "1:4: here ends what can be read"},
    {"nested_blocks.yaml", "2:17: nested deeper than any setting is"},
    {"nested_lists.yaml", "1:26: nested deeper than any setting is"},
    {"not_utf8.yaml", "'log.level'"},
    {"null_bytes.yaml", "'log.level'"},
    {"scalar_comma.yaml", "1:4: here ends what can be read"},
    {"tag_comma.yaml", "1:4: here ends what can be read"},
};

TEST_CASE("each hostile configuration is refused, with the place where it goes wrong") {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CALIWATCH_SOURCE_DIR "/test/hostile/configurations")) {
    const std::string name = entry.path().filename();
    INFO(name);
    Config config;
    const absl::Status refused = ApplyConfigFile(entry.path(), config);
    CHECK(absl::IsInvalidArgument(refused));
    CHECK(Says(refused, kRefusals.at(name)));
    ++files;
  }
  CHECK(files == kRefusals.size());
}

TEST_CASE("the longest text of one piece said again and again is refused") {
  for (const char* piece : {"[", "{a:\n", "a: ", "? ", "---\n"}) {
    INFO(piece);
    std::string text;
    while (text.size() < 65536) text += piece;
    CHECK(absl::IsInvalidArgument(ReadYaml("c.yaml", text).status()));
  }
}

}  // namespace
}  // namespace caliwatch
