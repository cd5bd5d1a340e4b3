// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <nlohmann/json_fwd.hpp>

#include "lib/analysis/workloads/node_workloads.h"

// How values stand in every JSON document of this room.
namespace caliwatch {

using Json = nlohmann::ordered_json;

// Of anybody's text; what is no UTF-8 in it is replaced as it is printed.
Json Text(absl::string_view text);

// Null where there is none.
Json TextOrNull(absl::string_view text);
Json ErrorOrNull(const absl::Status& status);

// RFC 3339 with milliseconds, in UTC.
Json When(absl::Time time);

// The blocks of this node; null where they are not known.
Json BlocksJson(const NodeWorkloads& node);

// The document with a line's end. `indent` is of each level, -1: all on one line. What a terminal would take for a
// command is escaped, as PrintableJson says.
std::string Printed(const Json& json, int indent);

}  // namespace caliwatch
