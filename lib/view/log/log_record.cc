// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/log_record.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

absl::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
    case LogLevel::kInfo:
      break;
  }
  return "info";
}

std::string Dump(const nlohmann::ordered_json& json) {
  return PrintableJson(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

// logfmt has no standard; its readers take a value with anything unusual in it as a JSON string.
std::string LogfmtValue(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"' && c != '=' && c != '\\';
  });
  return plain ? value : Dump(value);
}

}  // namespace

std::string FormatLogRecord(const LogRecord& record, absl::Time time, LogFormat format) {
  const std::string when = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
  const std::string level(NameOf(record.level));
  if (format == LogFormat::kJson) {
    nlohmann::ordered_json line{{"time", when}, {"level", level}, {"msg", record.message}};
    for (const LogField& field : record.fields) line[std::string(field.key)] = field.value;
    return Dump(line);
  }
  std::string line = absl::StrCat("time=", when, " level=", level, " msg=", LogfmtValue(record.message));
  for (const LogField& field : record.fields) absl::StrAppend(&line, " ", field.key, "=", LogfmtValue(field.value));
  return line;
}

}  // namespace caliwatch
