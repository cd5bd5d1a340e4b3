// SPDX-License-Identifier: Apache-2.0
#include "lib/node/raw_node.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {

absl::Status BeyondAll(absl::string_view path) {
  return absl::ResourceExhaustedError(absl::StrCat("did not read ", absl::CHexEscape(path),
                                                   ": the files before it hold ", kMostEndpointBytes,
                                                   " bytes, which is more than workloads need"));
}

absl::string_view ToString(BirdDaemon daemon) { return daemon == BirdDaemon::kBird ? "bird" : "bird6"; }

absl::string_view ToString(BirdQuestion question) {
  switch (question) {
    case BirdQuestion::kStatus:
      return "show status";
    case BirdQuestion::kProtocols:
      return "show protocols";
    case BirdQuestion::kProtocolsAll:
      return "show protocols all";
    case BirdQuestion::kRoutes:
      return "show route";
    case BirdQuestion::kWithheldRoutes:
      break;
  }
  return "show route noexport kernel1";  // as Calico's configuration calls the protocol, and BIRD by itself
}

}  // namespace caliwatch
