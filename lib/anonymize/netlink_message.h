// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <linux/netlink.h>

#include "lib/anonymize/anonymizer.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// A message in the dump of `table` with other names and addresses: all that netlink_rules.h knows, and nothing else.
// Empty: nothing is known of its kind. What is cut short stays cut short.
std::string AnonymizedMessage(const Anonymizer& anonymizer, KernelTable table, const nlmsghdr& message);

}  // namespace caliwatch
