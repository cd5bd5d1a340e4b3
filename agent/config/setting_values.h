// SPDX-License-Identifier: Apache-2.0
#pragma once

// From a setting's text to its value. InvalidArgument says what is wrong and what would be right.

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

absl::Status SetListenAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses);
// One value that is empty means none.
absl::Status SetHealthAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses);
// One value that is empty means none.
absl::Status SetOwnHealthAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses);
absl::Status SetHostNames(const std::vector<std::string>& values, std::vector<std::string>& names);
// At most kMostWatchedRoutes, each once. One value that is empty means none.
inline constexpr size_t kMostWatchedRoutes = 20;
absl::Status SetPrefixes(const std::vector<std::string>& values, std::vector<Prefix>& prefixes);
absl::Status SetUrlPath(const std::string& value, std::string& path);
// What a browser may be sent to by a click: an absolute http or https URL, and nothing that runs. Empty means none.
absl::Status SetLinkUrl(const std::string& value, std::string& url);
// Whom to ask, as NamedAgentsFrom() takes it. Empty means nobody.
absl::Status SetAgents(const std::string& value, std::string& agents);
absl::Status SetFilePath(const std::string& value, std::string& path);
// `least` and `most` are allowed.
absl::Status SetDuration(const std::string& value, absl::Duration least, absl::Duration most, absl::Duration& duration);

// One word of a setting that takes one of a few.
template <class Value>
struct Word {
  absl::string_view text;
  Value value;
};

template <class Value, size_t kWords>
absl::Status SetWord(const Word<Value> (&words)[kWords], const std::string& text, Value& value) {
  for (const Word<Value>& word : words) {
    if (word.text != text) continue;
    value = word.value;
    return absl::OkStatus();
  }
  const auto text_of = [](std::string* out, const Word<Value>& word) { absl::StrAppend(out, word.text); };
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not one of ", absl::StrJoin(words, ", ", text_of)));
}

template <class Value, size_t kWords>
std::string WordFor(const Word<Value> (&words)[kWords], Value value) {
  for (const Word<Value>& word : words)
    if (word.value == value) return std::string(word.text);
  return "";
}

}  // namespace caliwatch
