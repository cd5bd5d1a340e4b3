// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/felix.h"

namespace caliwatch {

// Felix' answers to /readiness and /liveness, in the text that AskFelix() of lib/node makes of them. The codes decide
// (200 and 204: yes, 503: no), the table behind them gives the components: the one behind /readiness their readiness,
// the one behind /liveness the rest. That table is of Calico's libcalico-go/lib/health: a row a component, its cells
// between '|'; a long DETAIL may go on in rows whose other cells are blank. Whatever else stands there is passed over,
// as what draws its lines changes with Calico's version.
//
// NotFound: what answers is not Felix: no HTTP, or another code. DataLoss: an answer broke off.
absl::StatusOr<FelixHealth> FelixHealthFrom(absl::string_view text);

}  // namespace caliwatch
