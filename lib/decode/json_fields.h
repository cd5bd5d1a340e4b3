// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/decode/json_value.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// The fields of a JSON object as Go writes and reads them: what is absent or null has the value of nothing. The first
// field of another type is kept as an error, in `status`, which names it by its path and must outlive all of these.
class JsonFields {
 public:
  JsonFields(const JsonValue& object, absl::Status& status);

  // The object that a key holds; of one that is absent, all is absent.
  JsonFields At(const char* key) const;
  // What a key holds of any type, or null.
  JsonValue Find(const char* key) const { return object_.Find(key); }

  std::string Text(const char* key) const;
  bool Flag(const char* key, bool absent = false) const;  // as a text, too: "true", "false", ""
  int64_t Number(const char* key, int64_t absent = 0) const;
  uint64_t Unsigned(const char* key) const;
  double Decimal(const char* key) const;                  // finite, as JSON has no other
  std::optional<absl::Time> Time(const char* key) const;  // RFC 3339, or as Go prints a time
  std::vector<std::string> Texts(const char* key) const;
  // One address, with or without a length behind it; the block of a key that must be there.
  std::optional<IpAddress> Address(const char* key) const;
  Prefix Block(const char* key) const;
  // Appends the addresses of a list of texts, each as Address() takes them.
  void AppendAddresses(const char* key, std::vector<IpAddress>& addresses) const;
  // The objects of a list.
  std::vector<JsonFields> Objects(const char* key) const;
  // Keys and values of an object, by their keys: {"10.48.0.0/26": 1}.
  std::vector<std::pair<std::string, int64_t>> Numbers(const char* key) const;

  // Keeps an error about a key: "spec.cidr " and these words.
  void Fail(absl::string_view key, absl::string_view words) const;

 private:
  JsonFields(const JsonValue& object, std::string path, absl::Status& status);

  // Keeps the error that it is no object, and is absent from here on.
  void Refuse();
  // What a list holds.
  std::vector<JsonValue> List(const char* key) const;

  JsonValue object_;  // null: absent
  std::string path_;  // "spec.", or empty
  absl::Status* status_;
};

// "2026-11-27T15:52:18Z", "2026-11-27 15:52:18.728229424 +0000 UTC".
std::optional<absl::Time> GoTimeFrom(absl::string_view text);
// "10.48.40.128", "10.48.40.128/32".
absl::StatusOr<IpAddress> AddressFrom(absl::string_view text);

}  // namespace caliwatch
