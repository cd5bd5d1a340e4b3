// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace caliwatch {

// Part of the program's contract; --help says them. kExitFindings, kExitCannotJudge and kExitStarting are answers
// of `check`.
enum ExitCode {
  kExitOk = 0,
  kExitFindings = 1,
  kExitFailed = 1,
  kExitCannotJudge = 2,
  kExitStarting = 3,
  kExitUsage = 64,
  kExitFault = 70
};

}  // namespace caliwatch
