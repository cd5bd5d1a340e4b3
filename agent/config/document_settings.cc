// SPDX-License-Identifier: Apache-2.0
#include "agent/config/document_settings.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "agent/config/settings.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kBegin = "<!-- settings, made by `make docs` -->\n";
constexpr absl::string_view kEnd = "<!-- end of settings -->\n";

std::string ValueText(const Setting& setting) {
  const absl::string_view value = setting.is_switch ? "true|false" : setting.placeholder;
  return absl::StrCat("`", absl::StrReplaceAll(value, {{"|", "`, `"}}), "`");
}

std::string DefaultText(const Setting& setting) {
  const std::string value = setting.get(Config());
  return value.empty() ? "none" : absl::StrCat("`", value, "`");
}

std::string SettingsTable() {
  std::string table = "| flag | default | value | what it sets | changed by a reload |\n|---|---|---|---|---|\n";
  for (const Setting& setting : AllSettings())
    absl::StrAppend(&table, "| `--", setting.name, "` | ", DefaultText(setting), " | ", ValueText(setting), " | ",
                    setting.help, " | ", setting.live ? "yes" : "no", " |\n");
  return absl::StrCat(table, "| `--config.file` | none | `FILE` | The YAML file. | |\n");
}

}  // namespace

absl::StatusOr<std::string> WithSettingsTable(absl::string_view page) {
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  if (begin == absl::string_view::npos || end == absl::string_view::npos || end < begin)
    return absl::InvalidArgumentError(absl::StrCat("the page lacks ", kBegin, "or ", kEnd));
  return absl::StrCat(page.substr(0, begin + kBegin.size()), SettingsTable(), page.substr(end));
}

}  // namespace caliwatch
