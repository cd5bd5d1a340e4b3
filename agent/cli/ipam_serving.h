// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/statusor.h>

#include "agent/cli/command.h"
#include "agent/daemon/run_ipam.h"

namespace caliwatch {

// What `caliwatch ipam` takes for --serve.
std::vector<Option> IpamServingOptions();

// What is asked for. InvalidArgument: a value is wrong, an option does not go with --serve, or there is no
// cluster to ask.
absl::StatusOr<IpamServing> IpamServingFrom(const Invocation& invocation, const LiveSettings& sources);

// InvalidArgument where an option was given that goes with --serve alone, and --serve was not.
absl::Status CheckNotServing(const Invocation& invocation);

}  // namespace caliwatch
