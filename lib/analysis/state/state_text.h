// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// The state file's text: a line of JSON with all that is small, then a line for each expected route, "FAMILY PREFIX
// GATEWAY".
std::string StateText(const PersistentState& state, absl::string_view boot_id);
// InvalidArgument says what is wrong. From another boot, only what does not depend on its clock is taken over.
absl::StatusOr<PersistentState> PersistentStateFrom(absl::string_view text, absl::string_view boot_id);

}  // namespace caliwatch
