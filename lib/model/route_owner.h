// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/strings/string_view.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// Who made a route of the kernel, by its protocol number.
enum class RouteOwner : uint8_t { kBird, kFelix, kBoot, kKernel, kStatic, kOther };
inline constexpr RouteOwner kRouteOwners[] = {RouteOwner::kBird,   RouteOwner::kFelix,  RouteOwner::kBoot,
                                              RouteOwner::kKernel, RouteOwner::kStatic, RouteOwner::kOther};
absl::string_view ToString(RouteOwner owner);  // "bird", "felix", …: the label `protocol`
RouteOwner OwnerOf(const Route& route);

}  // namespace caliwatch
