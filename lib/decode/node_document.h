// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/node_document.h"

namespace caliwatch {

// Longer lists than an agent makes are refused, and so are longer texts.
inline constexpr size_t kMostRowsOfDocument = 5'000, kMostBytesOfText = 300;

// What an agent serves at /api/v1/node (docs/node.schema.json). InvalidArgument: it is no such document, and which
// member is wrong.
absl::StatusOr<NodeDocument> NodeDocumentFrom(absl::string_view text);

}  // namespace caliwatch
