// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/shown.h"

#include <algorithm>
#include <utility>

namespace caliwatch {
namespace {

bool IsFresh(absl::string_view source, const Snapshot& seen, const Sources& sources, absl::Duration keep) {
  const auto status = std::find_if(sources.readings.begin(), sources.readings.end(),
                                   [&](const SourceStatus& reading) { return reading.name == source; });
  return status != sources.readings.end() && status->last_good && seen.taken_at - *status->last_good <= keep;
}

}  // namespace

Shown ChooseShown(SnapshotPtr& history, const SnapshotPtr& seen, const Sources& sources, absl::Duration keep) {
  Shown shown{seen, history};
  std::shared_ptr<Snapshot> filled;  // made when there is something to fill
  if (shown.before != nullptr)
    ForEachTable([&](absl::string_view source, const auto& of) {
      if (of(*seen).ok() || !of(*shown.before).ok() || !IsFresh(source, *seen, sources, keep)) return;
      if (filled == nullptr) filled = std::make_shared<Snapshot>(*seen);
      of(*filled) = of(*shown.before);
    });
  if (filled != nullptr) shown.now = std::move(filled);
  history = shown.now;
  return shown;
}

}  // namespace caliwatch
