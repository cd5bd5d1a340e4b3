// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/shown.h"

#include <utility>

namespace caliwatch {
namespace {

// What pages show with the time that it was read at; of the rest there are only figures, and a figure has no such mark.
bool IsShownWithItsTime(absl::string_view source) {
  return source == BirdSource(Family::kIpv4) || source == BirdSource(Family::kIpv6) || source == kNodeNameSource;
}

bool MayStandIn(absl::string_view source, const Sources& sources, absl::Duration keep) {
  const SourceStatus* status = FindSource(sources.readings, source);
  if (status == nullptr || !status->last_good) return false;
  return status->is_current() || (IsShownWithItsTime(source) && status->last_good_age <= keep);
}

}  // namespace

Shown ChooseShown(SnapshotPtr& history, const SnapshotPtr& seen, const Sources& sources, absl::Duration keep) {
  Shown shown{seen, history};
  std::shared_ptr<Snapshot> filled;  // made when there is something to fill
  if (shown.before != nullptr)
    ForEachTable([&](absl::string_view source, const auto& of) {
      if (of(*seen).ok() || !of(*shown.before).ok() || !MayStandIn(source, sources, keep)) return;
      if (filled == nullptr) filled = std::make_shared<Snapshot>(*seen);
      of(*filled) = of(*shown.before);
    });
  if (filled != nullptr) shown.now = std::move(filled);
  history = shown.now;
  return shown;
}

}  // namespace caliwatch
