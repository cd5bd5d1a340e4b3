// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/node/raw_node.h"

namespace caliwatch {

// RawNode::Dump of KernelTable::kPods: looks into each network namespace that has a file in `folder` and an id in ours,
// on a thread that lives for this call alone; `on_message` is called there. Between calls nothing is held of a
// namespace, so that each one goes with its pod. PermissionDenied: the process lacks CAP_SYS_ADMIN.
absl::Status DumpPods(const std::string& folder, RawNode::OnMessage on_message);

}  // namespace caliwatch
