// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// As an editor counts, from 1; 0: nowhere.
struct YamlPlace {
  int line = 0;
  int column = 0;
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  YamlPlace place;
  std::string scalar = {};
  std::vector<YamlNode> items = {};  // of a map: a key and its value, by turns
};

// InvalidArgument: "PATH:LINE:COLUMN: WHAT".
absl::Status YamlError(absl::string_view path, YamlPlace place, absl::string_view what);

// The one document of `text`; of an empty one, null. In memory and time bounded by the length of `text`, whatever it
// is: what is nested deeper than any setting, and aliases, are refused. `path` is for errors.
absl::StatusOr<YamlNode> ReadYaml(absl::string_view path, const std::string& text);

}  // namespace caliwatch
