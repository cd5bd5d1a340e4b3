// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/model/journal.h"

namespace caliwatch {

// CLOCK_BOOTTIME.
BootTime BootNow();

}  // namespace caliwatch
