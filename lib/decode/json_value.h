// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/numeric/int128.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

enum class JsonType { kNull, kFlag, kInteger, kOtherNumber, kText, kList, kObject };

class JsonValue;

// What a parser's documents answer of their values. There are two: the trees of nlohmann, and what the agent's own
// JsonParser makes of large answers, which decoders must not depend on: a node's agent is built without it.
class JsonDocument {
 public:
  // Which value is meant, in the document's own way.
  using Place = std::array<std::uintptr_t, 2>;

  virtual JsonType TypeAt(Place place) const = 0;
  // Of a value of that type alone: a flag, an integer, a text.
  virtual bool FlagAt(Place place) const = 0;
  virtual absl::int128 IntegerAt(Place place) const = 0;
  virtual double NumberAt(Place place) const = 0;  // of either type of number
  virtual absl::string_view TextAt(Place place) const = 0;
  // Of an object: the member of that name, or null.
  virtual JsonValue MemberAt(Place place, absl::string_view name) const = 0;
  virtual void ForEachMember(Place place, absl::FunctionRef<void(absl::string_view, JsonValue)> visit) const = 0;
  // Of a list.
  virtual std::vector<JsonValue> ItemsAt(Place place) const = 0;

 protected:
  ~JsonDocument() = default;
};

// One value of a JSON document: a view, which the document must outlive.
class JsonValue {
 public:
  JsonValue() = default;                  // null
  JsonValue(const nlohmann::json& tree);  // implicit, as a string_view is of a string
  JsonValue(const JsonDocument& document, JsonDocument::Place place) : document_(&document), place_(place) {}

  JsonType type() const { return document_ == nullptr ? JsonType::kNull : document_->TypeAt(place_); }
  bool Is(JsonType type) const { return this->type() == type; }
  bool IsNull() const { return Is(JsonType::kNull); }

  // Of a value of that type alone.
  bool Flag() const { return document_->FlagAt(place_); }
  absl::int128 Integer() const { return document_->IntegerAt(place_); }
  double Number() const { return document_->NumberAt(place_); }  // of either type of number
  absl::string_view Text() const { return document_->TextAt(place_); }

  // Of anything: the member of that name, null where there is none; its text, "" where it is none.
  JsonValue Find(absl::string_view name) const;
  bool Has(absl::string_view name) const { return Find(name).document_ != nullptr; }  // be it null
  std::string TextOf(absl::string_view name) const;
  void ForEachMember(absl::FunctionRef<void(absl::string_view, JsonValue)> visit) const;
  // Of anything; nothing has none.
  std::vector<JsonValue> Items() const;

 private:
  const JsonDocument* document_ = nullptr;  // null: it is null
  JsonDocument::Place place_ = {};
};

}  // namespace caliwatch
