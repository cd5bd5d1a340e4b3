// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/model/journal.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What one poll saw of one family. Pointers are null where it could not be read, and live as long as the snapshot and
// the journal that they lead into.
struct BirdView {
  BirdView(const Snapshot& snapshot, const Journal& whole_journal, Family of)
      : family(of),
        now(snapshot.boot_time),
        wall(snapshot.taken_at),
        status(PointerTo(snapshot.bird(of).status)),
        peers(PointerTo(snapshot.bird(of).peers)),
        protocols(PointerTo(snapshot.bird(of).protocols)),
        bird_routes(PointerTo(snapshot.bird(of).routes)),
        routes(PointerTo(snapshot.routes)),
        identity(snapshot.bird(of).identity),
        journal(whole_journal),
        bird_journal(whole_journal.bird(of)) {}

  bool bird_answers() const { return status != nullptr && peers != nullptr; }

  Family family;
  BootTime now;
  absl::Time wall;
  const BirdStatus* status;
  const std::vector<BgpPeer>* peers;
  const std::vector<BirdProtocol>* protocols;
  const std::vector<BirdRoute>* bird_routes;  // null, too, when nobody asked for them
  const std::vector<Route>* routes;
  std::optional<BirdIdentity> identity;
  const Journal& journal;
  const BirdJournal& bird_journal;

 private:
  template <class Value>
  static const Value* PointerTo(const absl::StatusOr<Value>& value) {
    return value.ok() ? &*value : nullptr;
  }
};

}  // namespace caliwatch
