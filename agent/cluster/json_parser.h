// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <absl/status/statusor.h>

#include "lib/decode/json_value.h"

namespace caliwatch {

// Parses an API server's pages and events, by simdjson: a large cluster's are a gigabyte, of which a tenth is read, and
// trees of it cost ten times as much.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();

  // The text's value, until the next call. Errors are those of JsonFrom(): they say at which byte.
  absl::StatusOr<JsonValue> Parse(const std::string& text);
  // Gives the memory back, which is several times that of the longest text.
  void Release();

 private:
  class Document;

  std::unique_ptr<Document> document_;
};

}  // namespace caliwatch
