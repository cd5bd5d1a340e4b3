// SPDX-License-Identifier: Apache-2.0
#include "lib/model/route_owner.h"

namespace caliwatch {

absl::string_view ToString(RouteOwner owner) {
  switch (owner) {
    case RouteOwner::kBird:
      return "bird";
    case RouteOwner::kFelix:
      return "felix";
    case RouteOwner::kBoot:
      return "boot";
    case RouteOwner::kKernel:
      return "kernel";
    case RouteOwner::kStatic:
      return "static";
    case RouteOwner::kOther:
      break;
  }
  return "other";
}

RouteOwner OwnerOf(const Route& route) {
  constexpr uint8_t kFelixProtocol = 80;  // dataplanedefs.DefaultRouteProto in Calico's source
  switch (route.protocol) {
    case RTPROT_BIRD:
      return RouteOwner::kBird;
    case kFelixProtocol:
      return RouteOwner::kFelix;
    case RTPROT_BOOT:
      return RouteOwner::kBoot;
    case RTPROT_KERNEL:
      return RouteOwner::kKernel;
    case RTPROT_STATIC:
      return RouteOwner::kStatic;
    default:
      return RouteOwner::kOther;
  }
}

}  // namespace caliwatch
