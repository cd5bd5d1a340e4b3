// SPDX-License-Identifier: Apache-2.0
#include "lib/model/shell_word.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace caliwatch {
namespace {

bool IsPlain(char sign) { return absl::ascii_isalnum(sign) || absl::StrContains("-_.:/@%+=,", sign); }

}  // namespace

std::string ShellWord(absl::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), IsPlain)) return std::string(text);
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

}  // namespace caliwatch
