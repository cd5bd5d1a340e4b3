// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/json_values.h"

#include <nlohmann/json.hpp>

#include "lib/model/utf8.h"

namespace caliwatch {

Json Text(absl::string_view text) { return std::string(text); }

Json TextOrNull(absl::string_view text) { return text.empty() ? Json() : Text(text); }

Json ErrorOrNull(const absl::Status& status) { return status.ok() ? Json() : Text(status.message()); }

Json When(absl::Time time) { return Text(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone())); }

Json BlocksJson(const NodeWorkloads& node) {
  if (!node.blocks.ok()) return {};
  Json blocks = Json::array();
  for (const Prefix& block : *node.blocks) blocks.push_back(block.ToString());
  return blocks;
}

std::string Printed(const Json& json, int indent) {
  return PrintableJson(json.dump(indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace caliwatch
