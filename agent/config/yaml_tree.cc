// SPDX-License-Identifier: Apache-2.0
#include "agent/config/yaml_tree.h"

#include <sstream>
#include <utility>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace caliwatch {
namespace {

constexpr size_t kMostDepth = 8;  // a group, a setting and a list are three

YamlPlace PlaceOf(const YAML::Mark& mark) {
  return mark.is_null() ? YamlPlace() : YamlPlace{mark.line + 1, mark.column + 1};
}

// Ends the parsing: yaml-cpp has no other way to stop it.
struct Refusal {
  YamlPlace place;
  std::string what;
};

// Makes a tree of what yaml-cpp's parser comes upon. yaml-cpp's own tree will not do: of `"a",b` it makes empty
// documents without end.
class TreeMaker : public YAML::EventHandler {
 public:
  explicit TreeMaker(YamlNode& root) : root_(root) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (begun_) throw Refusal{PlaceOf(mark), "here ends what can be read: a second document begins, or no YAML"};
    begun_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Add({YamlNode::Kind::kNull, PlaceOf(mark)}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refusal{PlaceOf(mark), "aliases (*NAME) are not read: write the value itself"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string& value) override {
    Add({YamlNode::Kind::kScalar, PlaceOf(mark), value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Begin({YamlNode::Kind::kList, PlaceOf(mark)});
  }
  void OnSequenceEnd() override { End(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Begin({YamlNode::Kind::kMap, PlaceOf(mark)});
  }
  void OnMapEnd() override { End(); }

 private:
  void Begin(YamlNode node) {
    // The parser calls itself at each level, and the stack is not endless.
    if (open_.size() == kMostDepth) throw Refusal{node.place, "nested deeper than any setting is"};
    open_.push_back(std::move(node));
  }

  void End() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    Add(std::move(node));
  }

  void Add(YamlNode node) {
    if (open_.empty())
      root_ = std::move(node);
    else
      open_.back().items.push_back(std::move(node));
  }

  YamlNode& root_;
  bool begun_ = false;
  std::vector<YamlNode> open_;  // the lists and maps around what comes next
};

}  // namespace

absl::Status YamlError(absl::string_view path, YamlPlace place, absl::string_view what) {
  if (place.line == 0) return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  return absl::InvalidArgumentError(absl::StrCat(path, ":", place.line, ":", place.column, ": ", what));
}

absl::StatusOr<YamlNode> ReadYaml(absl::string_view path, const std::string& text) {
  YamlNode root;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeMaker maker(root);
    while (parser.HandleNextDocument(maker)) continue;
    return root;
  } catch (const Refusal& refusal) {
    return YamlError(path, refusal.place, refusal.what);
  } catch (const YAML::Exception& error) {
    return YamlError(path, PlaceOf(error.mark), absl::StrCat("this is no YAML: ", error.msg));
  }
}

}  // namespace caliwatch
