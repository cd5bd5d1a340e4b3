// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sources that are one text each.

#include <absl/strings/string_view.h>

namespace caliwatch {

// kCniKubeconfig is not the file, but when it was last written, as RFC 3339: nothing of it is read.
enum class TextSource { kNodeName, kMtu, kFelix, kCniKubeconfig };

// As files of Calico, recordings and the label `source` call them.
constexpr absl::string_view ToString(TextSource source) {
  switch (source) {
    case TextSource::kNodeName:
      return "nodename";
    case TextSource::kMtu:
      return "mtu";
    case TextSource::kFelix:
      return "felix";
    case TextSource::kCniKubeconfig:
      break;
  }
  return "cni_kubeconfig";
}

}  // namespace caliwatch
