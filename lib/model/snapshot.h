// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that one poll saw of the node.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/bgp_socket.h"
#include "lib/model/bird.h"
#include "lib/model/expectation.h"
#include "lib/model/journal.h"
#include "lib/model/kernel.h"
#include "lib/model/pod_network.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// A table that could not be read is an error, never an empty table.
template <class Row>
using Table = absl::StatusOr<std::vector<Row>>;

// A workload of this node as Felix wrote it to endpoint-status (Calico 3.30 and newer).
struct Endpoint {
  std::string orchestrator;  // "k8s"
  std::string workload;      // "default/mypod"
  std::string name;          // "eth0"
  std::string interface;     // "cali12ab34cd56e"
  std::optional<MacAddress> mac;
  std::vector<Prefix> prefixes;  // of both families
  std::string bgp_peer;          // name of the BGP peer it is, or empty

  bool operator==(const Endpoint&) const = default;
};

// One BIRD daemon. NotFound everywhere: its control socket does not exist (not started, ended cleanly, or not used
// here).
struct Bird {
  absl::StatusOr<BirdStatus> status = absl::UnknownError("never read");
  Table<BirdProtocol> protocols = absl::UnknownError("never read");  // all that are not BGP
  Table<BgpPeer> peers = absl::UnknownError("never read");
  // `show route` is asked for when there is a doubt that only it can settle; NotFound: there is none.
  Table<BirdRoute> routes = absl::NotFoundError("not asked for");
  std::optional<BirdIdentity> identity = {};  // of who answered; absent in a recording
  Shortfall shortfall = {};                   // filled in by who remembers earlier polls
};

// How reading one source went. `name` is the label `source` of the metrics.
struct SourceReading {
  absl::string_view name;  // of static storage
  absl::Status status;
  absl::Duration took;
  std::optional<absl::Time> last_good = {};  // filled in by who remembers earlier polls
};

struct Snapshot {
  absl::Time taken_at;
  BootTime boot_time;    // the same moment
  bool between = false;  // taken early because something happened, so that two in a row lie close together

  Table<Link> links = absl::UnknownError("never read");
  Table<Address> addresses = absl::UnknownError("never read");
  Table<Route> routes = absl::UnknownError("never read");  // every table of both families, ordered by Route::CompareKey
  Table<Neighbor> neighbors = absl::UnknownError("never read");
  Table<FdbEntry> fdb = absl::UnknownError("never read");
  Table<NetConf> netconf = absl::UnknownError("never read");
  Table<NeighborLimits> neighbor_limits = absl::UnknownError("never read");
  Table<BgpSocket> bgp_sockets = absl::UnknownError("never read");  // those with port 179 at either end
  Table<PodNetwork> pods = absl::UnknownError("never read");        // NotFound: nobody asked to look into pods

  std::array<Bird, 2> birds;  // by Family
  Bird& bird(Family family) { return birds[static_cast<size_t>(family)]; }
  const Bird& bird(Family family) const { return birds[static_cast<size_t>(family)]; }

  absl::StatusOr<std::string> node_name = absl::UnknownError("never read");
  absl::StatusOr<uint32_t> calico_mtu = absl::UnknownError("never read");  // bytes; NotFound where Felix writes none
  Table<Endpoint> endpoints = absl::UnknownError("never read");            // NotFound before Calico 3.30

  std::vector<SourceReading> sources;
};

}  // namespace caliwatch
