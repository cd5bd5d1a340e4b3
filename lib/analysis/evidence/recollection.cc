// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recollection.h"

namespace caliwatch {

const Table<BirdRoute>& BirdRecollection::NotAsked() {
  static const Table<BirdRoute> not_asked = absl::NotFoundError("not asked for");
  return not_asked;
}

}  // namespace caliwatch
