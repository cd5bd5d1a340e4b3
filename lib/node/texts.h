// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sources that are one text each.

#include <absl/strings/string_view.h>

namespace caliwatch {

enum class TextSource { kNodeName, kMtu, kFelix };

// As files of Calico, recordings and the label `source` call them.
constexpr absl::string_view ToString(TextSource source) {
  switch (source) {
    case TextSource::kNodeName:
      return "nodename";
    case TextSource::kMtu:
      return "mtu";
    case TextSource::kFelix:
      break;
  }
  return "felix";
}

}  // namespace caliwatch
