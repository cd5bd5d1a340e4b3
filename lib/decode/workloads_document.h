// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// What an agent serves at /api/v1/workloads (docs/workloads.schema.json), as of `read_at`. `node` is empty where the
// agent does not know its node's name. InvalidArgument: it is no such document, and which member is wrong.
absl::StatusOr<NodeReport> NodeReportFromDocument(absl::string_view text, absl::Time read_at);

}  // namespace caliwatch
