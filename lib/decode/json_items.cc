// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_items.h"

#include <istream>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostBytes = size_t{16} << 20;  // of one item: Kubernetes takes 1.5 MiB, etcd as much
constexpr size_t kMostDepth = 100;
constexpr size_t kBytesOfValue = sizeof(Json);

class Reader : public nlohmann::json_sax<Json> {
 public:
  Reader(const std::set<std::string>& streamed, TakeItem take) : streamed_(streamed), take_(take) {}

  bool null() override { return Add(Json()); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t&) override { return Add(value); }
  bool string(string_t& value) override { return Grow(value.size()) && Add(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(size_t) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override {
    if (list_.empty() && open_.size() == 1 && streamed_.count(key_) != 0) {
      list_ = key_;
      return true;
    }
    return Open(Json::array());
  }
  bool end_array() override {
    if (!list_.empty() && open_.size() == 1) {
      list_.clear();
      return true;
    }
    return Close();
  }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return Grow(key_.size());
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) override {
    position_ = position;
    return false;
  }

  const absl::Status& refused() const { return refused_; }
  size_t position() const { return position_; }
  Json TakeHead() { return std::move(head_); }

 private:
  // Whether what is open is the list itself, so that what comes next is one of its items.
  bool AtItem() const { return !list_.empty() && open_.size() == 1; }

  Json* Place(Json value) {
    if (open_.empty()) {
      head_ = std::move(value);
      return &head_;
    }
    if (AtItem()) {
      item_ = std::move(value);
      return &item_;
    }
    Json& parent = *open_.back();
    if (!parent.is_array()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool Add(Json value) {
    if (open_.empty()) return Refuse("it is no JSON object");
    const bool is_item = AtItem();
    Place(std::move(value));
    if (is_item) GiveItem();
    return Grow(kBytesOfValue);
  }

  bool Open(Json value) {
    if (open_.empty() && !value.is_object()) return Refuse("it is no JSON object");
    if (open_.size() == kMostDepth) return Refuse("it is nested deeper than any object of Kubernetes");
    open_.push_back(Place(std::move(value)));
    return Grow(kBytesOfValue);
  }

  bool Close() {
    open_.pop_back();
    if (AtItem()) GiveItem();
    return true;
  }

  void GiveItem() {
    take_(head_, list_, std::move(item_));
    item_ = Json();
    bytes_ = 0;
  }

  bool Grow(size_t bytes) {
    bytes_ += bytes;
    return bytes_ <= kMostBytes || Refuse("one object in it is larger than any of Kubernetes");
  }

  bool Refuse(absl::string_view why) {
    refused_ = absl::InvalidArgumentError(why);
    return false;
  }

  const std::set<std::string>& streamed_;
  TakeItem take_;
  Json head_, item_;
  std::vector<Json*> open_;
  std::string key_, list_;  // list_: the name of the list whose items come now, or empty
  size_t bytes_ = 0;        // about, of what is kept of the item
  size_t position_ = 0;
  absl::Status refused_;
};

}  // namespace

absl::StatusOr<Json> ReadJsonItems(std::istream& in, const std::set<std::string>& streamed, TakeItem take) {
  in >> std::ws;
  if (in.peek() == std::istream::traits_type::eof()) return absl::NotFoundError("nothing more");
  Reader reader(streamed, take);
  if (Json::sax_parse(in, &reader, Json::input_format_t::json, /*strict=*/false)) return reader.TakeHead();
  if (!reader.refused().ok()) return reader.refused();
  if (in.eof()) return absl::DataLossError("it is cut off: the last object has no end");
  return absl::InvalidArgumentError(absl::StrCat("it is no JSON from byte ", reader.position(), " on"));
}

}  // namespace caliwatch
