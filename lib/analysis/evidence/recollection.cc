// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recollection.h"

namespace caliwatch {

const Table<BirdRoute>& BirdRecollection::NotAsked() {
  static const Table<BirdRoute> not_asked = absl::NotFoundError("not asked for");
  return not_asked;
}

bool FelixRecollection::IsBehind() const { return is_away || (answered && lasted && *lasted < kFelixCatchesUp); }

bool IsLoneLoss(const EndpointFiles& files, const FelixRecollection& felix) {
  return files.has_metrics && felix.answered && !felix.IsBehind() && felix.doubts.size() == 1 &&
         felix.doubts.begin()->second.doubt == FileDoubt::kNoInterface;
}

}  // namespace caliwatch
