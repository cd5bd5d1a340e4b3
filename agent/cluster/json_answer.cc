// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/json_answer.h"

#include <algorithm>
#include <array>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

// OK, or at which byte it is nested too deeply or has too many values. In one pass, before any tree is made.
absl::Status CheckSize(absl::string_view text, size_t most_depth) {
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

// Each byte is looked up in a table: answers have hundreds of megabytes.
struct Bytes {
  constexpr explicit Bytes(absl::string_view bytes) {
    for (const char byte : bytes) has[static_cast<unsigned char>(byte)] = true;
  }
  // The first of them from `at` on; the text's end where there is none.
  size_t Next(absl::string_view text, size_t at) const {
    while (at < text.size() && !has[static_cast<unsigned char>(text[at])]) ++at;
    return std::min(at, text.size());
  }

  std::array<bool, 256> has{};
};

// Behind the end of the string that begins at `at`; the text's end where it has none.
size_t AfterString(absl::string_view text, size_t at) {
  constexpr Bytes kEnds("\"\\");
  for (at = kEnds.Next(text, at + 1); at < text.size(); at = kEnds.Next(text, at + 2))
    if (text[at] == '"') return at + 1;
  return text.size();
}

// Behind the end of the object or list that begins at `at`.
size_t AfterTree(absl::string_view text, size_t at) {
  constexpr Bytes kMarks("\"{}[]");
  size_t depth = 0;
  for (at = kMarks.Next(text, at); at < text.size(); at = kMarks.Next(text, at)) {
    if (text[at] == '"') {
      at = AfterString(text, at);
      continue;
    }
    const bool opens = text[at] == '{' || text[at] == '[';
    ++at;
    if (opens)
      ++depth;
    else if (--depth == 0)
      return at;
  }
  return text.size();
}

size_t AfterSpace(absl::string_view text, size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

}  // namespace

std::string WithoutMembers(absl::string_view text, absl::Span<const absl::string_view> names) {
  std::string kept;
  size_t from = 0;  // what is not copied yet begins here
  for (size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const size_t name = at + 1;
    at = AfterString(text, at);
    if (std::find(names.begin(), names.end(), text.substr(name, at - 1 - name)) == names.end()) continue;
    const size_t colon = AfterSpace(text, at);
    if (colon == text.size() || text[colon] != ':') continue;
    const size_t value = AfterSpace(text, colon + 1);
    if (value == text.size() || (text[value] != '{' && text[value] != '[')) continue;
    absl::StrAppend(&kept, text.substr(from, value - from));
    at = from = AfterTree(text, value);
    if (from < text.size()) kept += '0';
  }
  absl::StrAppend(&kept, text.substr(from));
  return kept;
}

absl::StatusOr<nlohmann::json> JsonFrom(absl::string_view text, size_t most_depth) {
  if (absl::Status size = CheckSize(text, most_depth); !size.ok()) return size;
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
