// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/held_address.h"
#include "lib/model/ipam.h"

namespace caliwatch {

// What an agent serves at /api/v1/workloads (docs/workloads.schema.json), as of `read_at`. `node` is empty where the
// agent does not know its node's name. InvalidArgument: it is no such document, and which member is wrong.
absl::StatusOr<NodeReport> NodeReportFromDocument(absl::string_view text, absl::Time read_at);

// Of the same document, the addresses that workloads have there for sure. Errors as above; Unavailable: the node could
// not read its kernel.
absl::StatusOr<std::vector<HeldAddress>> HeldAddressesFromDocument(absl::string_view text);

}  // namespace caliwatch
