// SPDX-License-Identifier: Apache-2.0
#pragma once

// kubectl's words for the pod of calico-node on a node: each finds the namespace by itself, calico-system or
// kube-system.

#include <string>

#include <absl/strings/string_view.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// Arguments that select it: by the node's name, which is a shell's word, or by its address, which the pod has, too.
std::string CalicoNodeOn(absl::string_view node_word);
std::string CalicoNodeAt(const IpAddress& node);

// Lines, given such arguments. `options`: as they are to be behind the pod.
std::string PodsText(absl::string_view selected);
std::string LogText(absl::string_view selected, absl::string_view options);
std::string BirdclText(absl::string_view selected, Family family, absl::string_view words);
std::string DeletePodsText(absl::string_view selected);

}  // namespace caliwatch
