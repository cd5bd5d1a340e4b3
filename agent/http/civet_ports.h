// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace caliwatch {

// Ok where IPv6 can be listened on. Unimplemented: civetweb was built without it. Unavailable: the kernel has none, as
// with ipv6.disable=1. IPv6 that is off for the interfaces alone (sysctl disable_ipv6) is Ok: "::" can still be had.
absl::Status Ipv6Support();

// `addresses`, as ListenAddress takes them, in the words of civetweb's option listening_ports. Where `ipv6` is not Ok,
// ":PORT" means every IPv4 address, which is logged, and an IPv6 address is an error of its code: what was asked for by
// name is had or refused.
absl::StatusOr<std::string> CivetPorts(const std::vector<std::string>& addresses, const absl::Status& ipv6);

}  // namespace caliwatch
