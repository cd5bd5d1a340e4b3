// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// One look's evidence out of files.
struct IpamEvidenceFiles {
  ClusterRecords records;
  absl::Time read_at = absl::InfinitePast();  // of the newest of them
  absl::Status problem;  // the first that there was; what could be read is in `records` all the same
};

// `list`: names parted by commas, each a file of documents, "-" for `in`, a recording, or a folder of recordings. A
// file was read when it was last written, and `in` `now`.
IpamEvidenceFiles ReadIpamEvidence(absl::string_view list, std::istream& in, absl::Time now);

}  // namespace caliwatch
