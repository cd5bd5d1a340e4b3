// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/json_answer.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

namespace caliwatch {

absl::Status CheckJsonSize(absl::string_view text, size_t most_depth) {
  size_t depth = 0, values = 0;
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    const char byte = text[at];
    if (quoted) {
      if (byte == '\\') ++at;
      quoted = byte != '"';
    } else if (byte == '"') {
      quoted = true;
    } else if (byte == '{' || byte == '[') {
      if (++depth > most_depth)
        return absl::InvalidArgumentError(absl::StrCat("is nested deeper than ", most_depth, " at byte ", at + 1));
    } else if (byte == ',') {
      if (++values == kMostJsonValues)
        return absl::InvalidArgumentError(absl::StrCat("has too many values at byte ", at + 1));
    } else if ((byte == '}' || byte == ']') && depth > 0) {
      --depth;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<nlohmann::json> JsonFrom(absl::string_view text, size_t most_depth) {
  if (absl::Status size = CheckJsonSize(text, most_depth); !size.ok()) return size;
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    const bool cut = error.byte > text.size();
    return absl::InvalidArgumentError(cut ? absl::StrCat("is cut off after ", text.size(), " bytes, or is no JSON")
                                          : absl::StrCat("is no JSON at byte ", error.byte));
  }
}

const nlohmann::json& MemberAt(const nlohmann::json& object, const char* key) {
  static const nlohmann::json none;
  if (!object.is_object()) return none;
  const auto member = object.find(key);
  return member != object.end() ? *member : none;
}

std::string TextAt(const nlohmann::json& object, const char* key) {
  const nlohmann::json& member = MemberAt(object, key);
  return member.is_string() ? member.get<std::string>() : "";
}

}  // namespace caliwatch
