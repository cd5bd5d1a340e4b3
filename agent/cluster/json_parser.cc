// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/json_parser.h"

#include <bit>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "agent/cluster/json_answer.h"

namespace caliwatch {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr size_t kMostDepth = 64;

std::string_view Std(absl::string_view text) { return {text.data(), text.size()}; }
absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

// It does not say where it found something wrong: another parser does.
absl::Status Why(const std::string& text, simdjson::error_code error) {
  const absl::Status why = JsonFrom(text, kMostDepth).status();
  return why.ok() ? absl::InvalidArgumentError(absl::StrCat("is not understood: ", simdjson::error_message(error)))
                  : why;
}

}  // namespace

// What is asked of a value is of its type: the errors that simdjson could give cannot be.
class JsonParser::Document final : public JsonDocument {
 public:
  absl::StatusOr<JsonValue> Parse(const std::string& text) {
    element root;
    simdjson::error_code error = simdjson::SUCCESS;
    if (parser_.max_depth() != kMostDepth) error = parser_.allocate(text.size(), kMostDepth);
    if (error == simdjson::SUCCESS) error = parser_.parse(text).get(root);
    if (error != simdjson::SUCCESS) return Why(text, error);
    return ValueOf(root);
  }

  JsonType TypeAt(Place place) const override {
    switch (At(place).type()) {
      case element_type::ARRAY:
        return JsonType::kList;
      case element_type::OBJECT:
        return JsonType::kObject;
      case element_type::INT64:
      case element_type::UINT64:
        return JsonType::kInteger;
      case element_type::DOUBLE:
        return JsonType::kOtherNumber;
      case element_type::STRING:
        return JsonType::kText;
      case element_type::BOOL:
        return JsonType::kFlag;
      case element_type::NULL_VALUE:
        break;
    }
    return JsonType::kNull;
  }
  bool FlagAt(Place place) const override { return At(place).get_bool().value_unsafe(); }
  absl::int128 IntegerAt(Place place) const override {
    const element value = At(place);
    if (value.type() == element_type::UINT64) return value.get_uint64().value_unsafe();
    return value.get_int64().value_unsafe();
  }
  double NumberAt(Place place) const override { return At(place).get_double().value_unsafe(); }
  absl::string_view TextAt(Place place) const override { return Absl(At(place).get_string().value_unsafe()); }
  JsonValue MemberAt(Place place, absl::string_view name) const override {
    element member;
    return At(place).at_key(Std(name)).get(member) == simdjson::SUCCESS ? ValueOf(member) : JsonValue();
  }
  void ForEachMember(Place place, absl::FunctionRef<void(absl::string_view, JsonValue)> visit) const override {
    const simdjson::dom::object members = At(place).get_object().value_unsafe();
    for (const auto& [name, value] : members) visit(Absl(name), ValueOf(value));
  }
  std::vector<JsonValue> ItemsAt(Place place) const override {
    std::vector<JsonValue> items;
    const simdjson::dom::array list = At(place).get_array().value_unsafe();
    for (const element item : list) items.push_back(ValueOf(item));
    return items;
  }

 private:
  // An element is where it stands in the parser's document, and no more.
  static_assert(sizeof(element) == sizeof(Place) && std::is_trivially_copyable_v<element>);
  static element At(Place place) { return std::bit_cast<element>(place); }
  JsonValue ValueOf(element value) const { return {*this, std::bit_cast<Place>(value)}; }

  simdjson::dom::parser parser_;
};

JsonParser::JsonParser() = default;
JsonParser::~JsonParser() = default;

absl::StatusOr<JsonValue> JsonParser::Parse(const std::string& text) {
  // Only what is long can have too many values.
  if (text.size() / 2 >= kMostJsonValues)
    if (absl::Status size = CheckJsonSize(text, kMostDepth); !size.ok()) return size;
  if (!document_) document_ = std::make_unique<Document>();
  return document_->Parse(text);
}

void JsonParser::Release() { document_.reset(); }

}  // namespace caliwatch
