// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_fields.h"

#include <algorithm>
#include <limits>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

namespace caliwatch {
namespace {

std::string Quoted(absl::string_view text) { return absl::StrCat("'", absl::CHexEscape(text.substr(0, 80)), "'"); }

}  // namespace

JsonFields::JsonFields(const JsonValue& object, absl::Status& status) : JsonFields(object, "", status) {
  if (object.IsNull()) Refuse();
}

JsonFields::JsonFields(const JsonValue& object, std::string path, absl::Status& status)
    : object_(object), path_(std::move(path)), status_(&status) {
  if (!object_.IsNull() && !object_.Is(JsonType::kObject)) Refuse();
}

void JsonFields::Refuse() {
  const absl::string_view name = path_.empty() ? "it" : absl::string_view(path_).substr(0, path_.size() - 1);
  status_->Update(absl::InvalidArgumentError(absl::StrCat(name, " is no JSON object")));
  object_ = {};
}

JsonFields JsonFields::At(const char* key) const {
  return JsonFields(Find(key), absl::StrCat(path_, key, "."), *status_);
}

void JsonFields::Fail(absl::string_view key, absl::string_view words) const {
  status_->Update(absl::InvalidArgumentError(absl::StrCat(path_, key, " ", words)));
}

std::string JsonFields::Text(const char* key) const {
  const JsonValue value = Find(key);
  if (value.Is(JsonType::kText)) return std::string(value.Text());
  if (!value.IsNull()) Fail(key, "is no text");
  return "";
}

bool JsonFields::Flag(const char* key, bool absent) const {
  const JsonValue value = Find(key);
  if (value.IsNull()) return absent;
  if (value.Is(JsonType::kFlag)) return value.Flag();
  if (value.Is(JsonType::kText)) {
    const absl::string_view text = value.Text();
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
  }
  Fail(key, "is neither true nor false");
  return absent;
}

int64_t JsonFields::Number(const char* key, int64_t absent) const {
  const JsonValue value = Find(key);
  if (value.IsNull()) return absent;
  if (!value.Is(JsonType::kInteger))
    Fail(key, "is no whole number");
  else if (value.Integer() > std::numeric_limits<int64_t>::max())
    Fail(key, "is too large a number");
  else
    return static_cast<int64_t>(value.Integer());
  return absent;
}

uint64_t JsonFields::Unsigned(const char* key) const {
  const JsonValue value = Find(key);
  if (value.IsNull()) return 0;
  if (value.Is(JsonType::kInteger) && value.Integer() >= 0) return static_cast<uint64_t>(value.Integer());
  Fail(key, "is no whole number from 0 on");
  return 0;
}

double JsonFields::Decimal(const char* key) const {
  const JsonValue value = Find(key);
  if (value.IsNull()) return 0;
  if (value.Is(JsonType::kInteger) || value.Is(JsonType::kOtherNumber)) return value.Number();
  Fail(key, "is no number");
  return 0;
}

std::optional<absl::Time> JsonFields::Time(const char* key) const {
  const std::string text = Text(key);
  if (text.empty()) return std::nullopt;
  const std::optional<absl::Time> time = GoTimeFrom(text);
  if (!time) Fail(key, absl::StrCat("is no time, but ", Quoted(text)));
  return time;
}

std::vector<std::string> JsonFields::Texts(const char* key) const {
  std::vector<std::string> texts;
  for (const JsonValue& item : List(key)) {
    if (item.Is(JsonType::kText))
      texts.emplace_back(item.Text());
    else
      Fail(key, "holds other than texts");
  }
  return texts;
}

std::optional<IpAddress> JsonFields::Address(const char* key) const {
  const std::string text = Text(key);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<IpAddress> address = AddressFrom(text);
  if (address.ok()) return *address;
  Fail(key, absl::StrCat("is no address, but ", Quoted(text)));
  return std::nullopt;
}

Prefix JsonFields::Block(const char* key) const {
  const std::string text = Text(key);
  const absl::StatusOr<Prefix> prefix = Prefix::Parse(text);
  if (prefix.ok()) return *prefix;
  Fail(key, absl::StrCat("is no block of addresses, but ", Quoted(text)));
  return {};
}

void JsonFields::AppendAddresses(const char* key, std::vector<IpAddress>& addresses) const {
  for (const std::string& text : Texts(key)) {
    const absl::StatusOr<IpAddress> address = AddressFrom(text);
    if (address.ok())
      addresses.push_back(*address);
    else
      Fail(key, absl::StrCat("holds ", Quoted(text), ", which is no address"));
  }
}

std::vector<JsonFields> JsonFields::Objects(const char* key) const {
  std::vector<JsonFields> objects;
  const std::string path = absl::StrCat(path_, key, "[].");
  for (const JsonValue& item : List(key)) {
    objects.push_back(JsonFields(item, path, *status_));
    if (item.IsNull()) objects.back().Refuse();  // only a member that is null is as if it were not there
  }
  return objects;
}

std::vector<JsonValue> JsonFields::List(const char* key) const {
  const JsonValue list = Find(key);
  if (!list.IsNull() && !list.Is(JsonType::kList)) Fail(key, "is no list");
  return list.Items();
}

std::vector<std::pair<std::string, int64_t>> JsonFields::Numbers(const char* key) const {
  std::vector<std::pair<std::string, int64_t>> numbers;
  const JsonValue object = Find(key);
  if (!object.IsNull() && !object.Is(JsonType::kObject)) Fail(key, "is no JSON object");
  object.ForEachMember([&](absl::string_view name, JsonValue value) {
    if (value.Is(JsonType::kInteger))
      numbers.emplace_back(name, static_cast<int64_t>(value.Integer()));
    else
      Fail(key, absl::StrCat("holds no whole number for ", Quoted(name)));
  });
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::optional<absl::Time> GoTimeFrom(absl::string_view text) {
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return time;
  // Go's own form ends with the zone's name, and with a reading of another clock: " UTC m=+0.017".
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  if (words.size() < 3) return std::nullopt;
  const std::string start = absl::StrJoin(words.begin(), words.begin() + 3, " ");
  if (absl::ParseTime("%Y-%m-%d %H:%M:%E*S %z", start, &time, nullptr)) return time;
  return std::nullopt;
}

absl::StatusOr<IpAddress> AddressFrom(absl::string_view text) {
  const absl::StatusOr<Prefix> prefix = Prefix::Parse(text);
  if (!prefix.ok()) return prefix.status();
  return prefix->address;
}

}  // namespace caliwatch
