// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/model/snapshot.h"

namespace caliwatch {

// What one poll saw of one family. Pointers are null where it could not be read, and live as long as the snapshot.
struct BirdView {
  BirdView(const Snapshot& snapshot, Family of)
      : family(of),
        now(snapshot.boot_time),
        wall(snapshot.taken_at),
        status(PointerTo(snapshot.birds[of].status)),
        peers(PointerTo(snapshot.birds[of].peers)),
        protocols(PointerTo(snapshot.birds[of].protocols)),
        bird_routes(PointerTo(snapshot.birds[of].routes)),
        routes(PointerTo(snapshot.routes)),
        routes_edition(snapshot.routes_edition),
        identity(snapshot.birds[of].identity) {}

  bool bird_answers() const { return status != nullptr && peers != nullptr; }

  Family family;
  BootTime now;
  absl::Time wall;
  const BirdStatus* status;
  const std::vector<BgpPeer>* peers;
  const std::vector<BirdProtocol>* protocols;
  const std::vector<BirdRoute>* bird_routes;  // null, too, when nobody asked for them
  const std::vector<Route>* routes;
  uint64_t routes_edition;  // as Snapshot's
  std::optional<BirdIdentity> identity;

 private:
  template <class Value>
  static const Value* PointerTo(const absl::StatusOr<Value>& value) {
    return value.ok() ? &*value : nullptr;
  }
};

inline PerFamily<BirdView> ViewBirds(const Snapshot& snapshot) {
  return {{BirdView(snapshot, Family::kIpv4), BirdView(snapshot, Family::kIpv6)}};
}

}  // namespace caliwatch
