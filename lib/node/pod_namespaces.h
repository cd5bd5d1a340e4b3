// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/node/raw_node.h"

namespace caliwatch {

// RawNode::Dump of KernelTable::kPods: looks into each network namespace that has a file in `folder` and an id in ours,
// on a thread that lives for this call alone; `on_message` is called there. Between calls nothing is held of a
// namespace, so that each one goes with its pod. What a pod does to its own network costs the others nothing: each may
// hold so much and take so long, and an error is one of that pod, with the name of its file. Where none at all can be
// looked into, it is the error of the dump. PermissionDenied: the process lacks CAP_SYS_ADMIN.
absl::Status DumpPods(const std::string& folder, RawNode::OnMessage on_message);

}  // namespace caliwatch
