// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_value.h"

#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::json;

// A place is a pointer to the value: the same for all trees.
class Trees final : public JsonDocument {
 public:
  static Place PlaceOf(const Json& value) { return {reinterpret_cast<std::uintptr_t>(&value), 0}; }

  JsonType TypeAt(Place place) const override {
    switch (At(place).type()) {
      case Json::value_t::boolean:
        return JsonType::kFlag;
      case Json::value_t::number_integer:
      case Json::value_t::number_unsigned:
        return JsonType::kInteger;
      case Json::value_t::number_float:
        return JsonType::kOtherNumber;
      case Json::value_t::string:
        return JsonType::kText;
      case Json::value_t::array:
        return JsonType::kList;
      case Json::value_t::object:
        return JsonType::kObject;
      default:
        return JsonType::kNull;
    }
  }
  bool FlagAt(Place place) const override { return At(place).get<bool>(); }
  absl::int128 IntegerAt(Place place) const override {
    const Json& value = At(place);
    return value.is_number_unsigned() ? absl::int128(value.get<uint64_t>()) : absl::int128(value.get<int64_t>());
  }
  double NumberAt(Place place) const override { return At(place).get<double>(); }
  absl::string_view TextAt(Place place) const override { return At(place).get_ref<const std::string&>(); }
  JsonValue MemberAt(Place place, absl::string_view name) const override {
    const Json& value = At(place);
    const auto member = value.find(std::string_view(name.data(), name.size()));
    return member == value.end() ? JsonValue() : JsonValue(*member);
  }
  void ForEachMember(Place place, absl::FunctionRef<void(absl::string_view, JsonValue)> visit) const override {
    for (const auto& [name, value] : At(place).items()) visit(name, value);
  }
  std::vector<JsonValue> ItemsAt(Place place) const override { return {At(place).begin(), At(place).end()}; }

 private:
  static const Json& At(Place place) { return *reinterpret_cast<const Json*>(place[0]); }
};

constexpr Trees kTrees;

}  // namespace

JsonValue::JsonValue(const Json& tree) : JsonValue(kTrees, Trees::PlaceOf(tree)) {}

JsonValue JsonValue::Find(absl::string_view name) const {
  return Is(JsonType::kObject) ? document_->MemberAt(place_, name) : JsonValue();
}

std::string JsonValue::TextOf(absl::string_view name) const {
  const JsonValue member = Find(name);
  return member.Is(JsonType::kText) ? std::string(member.Text()) : "";
}

void JsonValue::ForEachMember(absl::FunctionRef<void(absl::string_view, JsonValue)> visit) const {
  if (Is(JsonType::kObject)) document_->ForEachMember(place_, visit);
}

std::vector<JsonValue> JsonValue::Items() const {
  return Is(JsonType::kList) ? document_->ItemsAt(place_) : std::vector<JsonValue>();
}

}  // namespace caliwatch
