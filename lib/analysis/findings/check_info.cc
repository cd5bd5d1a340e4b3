// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/check_info.h"

namespace caliwatch {

absl::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "info";
}

}  // namespace caliwatch
