// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_fields.h"

#include <limits>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::json;

std::string Quoted(absl::string_view text) { return absl::StrCat("'", absl::CHexEscape(text.substr(0, 80)), "'"); }

}  // namespace

JsonFields::JsonFields(const Json& object, absl::Status& status) : JsonFields(&object, "", status) {}

JsonFields::JsonFields(const Json* object, std::string path, absl::Status& status)
    : object_(object), path_(std::move(path)), status_(&status) {
  if (object_ == nullptr || object_->is_object()) return;
  const absl::string_view name = path_.empty() ? "it" : absl::string_view(path_).substr(0, path_.size() - 1);
  status_->Update(absl::InvalidArgumentError(absl::StrCat(name, " is no JSON object")));
  object_ = nullptr;
}

const Json* JsonFields::Find(const char* key) const {
  if (object_ == nullptr) return nullptr;
  const auto it = object_->find(key);
  return it == object_->end() || it->is_null() ? nullptr : &*it;
}

JsonFields JsonFields::At(const char* key) const {
  return JsonFields(Find(key), absl::StrCat(path_, key, "."), *status_);
}

void JsonFields::Fail(absl::string_view key, absl::string_view words) const {
  status_->Update(absl::InvalidArgumentError(absl::StrCat(path_, key, " ", words)));
}

std::string JsonFields::Text(const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr) return "";
  if (value->is_string()) return value->get<std::string>();
  Fail(key, "is no text");
  return "";
}

bool JsonFields::Flag(const char* key, bool absent) const {
  const Json* value = Find(key);
  if (value == nullptr) return absent;
  if (value->is_boolean()) return value->get<bool>();
  if (value->is_string()) {
    const auto& text = value->get_ref<const std::string&>();
    if (text.empty() || text == "false") return false;
    if (text == "true") return true;
  }
  Fail(key, "is neither true nor false");
  return absent;
}

int64_t JsonFields::Number(const char* key, int64_t absent) const {
  const Json* value = Find(key);
  if (value == nullptr) return absent;
  if (value->is_number_unsigned() && value->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()})
    Fail(key, "is too large a number");
  else if (value->is_number_integer())
    return value->get<int64_t>();
  else
    Fail(key, "is no whole number");
  return absent;
}

uint64_t JsonFields::Unsigned(const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr) return 0;
  if (value->is_number_integer() && *value >= 0) return value->get<uint64_t>();
  Fail(key, "is no whole number from 0 on");
  return 0;
}

double JsonFields::Decimal(const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr || value->is_number()) return value == nullptr ? 0 : value->get<double>();
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
  const Json* list = Find(key);
  if (list == nullptr) return texts;
  if (!list->is_array()) Fail(key, "is no list");
  for (const Json& item : *list) {
    if (item.is_string())
      texts.push_back(item.get<std::string>());
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
  const Json* list = Find(key);
  if (list == nullptr) return objects;
  if (!list->is_array()) Fail(key, "is no list");
  for (const Json& item : *list) objects.push_back(JsonFields(&item, absl::StrCat(path_, key, "[]."), *status_));
  return objects;
}

std::vector<std::pair<std::string, int64_t>> JsonFields::Numbers(const char* key) const {
  std::vector<std::pair<std::string, int64_t>> numbers;
  const Json* object = Find(key);
  if (object == nullptr) return numbers;
  if (!object->is_object()) {
    Fail(key, "is no JSON object");
    return numbers;
  }
  for (const auto& [name, value] : object->items()) {
    if (value.is_number_integer())
      numbers.emplace_back(name, value.get<int64_t>());
    else
      Fail(key, absl::StrCat("holds no whole number for ", Quoted(name)));
  }
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
