// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernel's announcements and BIRD's log lines to events. `at` is the moment at which each was received: neither
// brings a time of its own.

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <linux/netlink.h>

#include "lib/model/journal.h"

namespace caliwatch {

// Appends to routes or interface_changes, or to neither: changes of workloads' interfaces (cali…) and their routes are
// no business of convergence. Whatever may have changed a route of any kind sets routes_moved. InvalidArgument names
// what is cut short or out of range.
absl::Status AppendKernelEvent(const nlmsghdr& message, BootTime at, Journal& journal);

// A line of BIRD's log without time and class, as its `echo` gives it. "<N messages lost>" makes the journal
// incomplete.
void AppendBirdEvent(absl::string_view line, BootTime at, BirdJournal& journal);

}  // namespace caliwatch
