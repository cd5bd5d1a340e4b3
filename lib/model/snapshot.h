// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that one poll read of the node. It is const from the moment it was read.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/bird.h"
#include "lib/model/felix.h"
#include "lib/model/journal.h"
#include "lib/model/kernel_tables.h"
#include "lib/model/per_family.h"

namespace caliwatch {

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

// Calico's MTU for workloads.
struct CalicoMtu {
  uint32_t bytes = 0;

  bool operator==(const CalicoMtu&) const = default;
};

// With which the CNI plugin speaks to Kubernetes: calico-node writes it anew long before its token ends, after 24
// hours.
struct CniKubeconfig {
  absl::Time written;

  bool operator==(const CniKubeconfig&) const = default;
};

// One BIRD daemon. NotFound everywhere: its control socket does not exist (not started, ended cleanly, or not used
// here).
struct Bird {
  absl::StatusOr<BirdStatus> status = NeverRead();
  Table<BirdProtocol> protocols = NeverRead();  // all that are not BGP
  Table<BgpPeer> peers = NeverRead();
  // `show route` is asked for when there is a doubt that only it can settle; NotFound: there is none.
  Table<BirdRoute> routes = absl::NotFoundError("not asked for");
  std::optional<BirdIdentity> identity = {};  // of who answered; absent in a recording
};

// The name of a family's BIRD as a source.
constexpr absl::string_view BirdSource(Family family) { return family == Family::kIpv4 ? "bird" : "bird6"; }

inline constexpr absl::string_view kFelixSource = "felix", kNodeNameSource = "nodename";

// How reading one source went.
struct SourceReading {
  absl::string_view name;  // of static storage: the label `source` of the metrics
  absl::Status status;
  absl::Duration took;
};

struct Snapshot : KernelTables {
  absl::Time taken_at;
  BootTime boot_time;        // the same moment
  bool taken_early = false;  // because something happened, so that two in a row lie close together
  // Of which dump the routes are: snapshots of one edition have the same. 0: of one that has nothing in common with any
  // other's, as where nobody asked the kernel, or where routes end by themselves.
  uint64_t routes_edition = 0;

  PerFamily<Bird> birds;

  absl::StatusOr<std::string> node_name = NeverRead();
  absl::StatusOr<CalicoMtu> calico_mtu = NeverRead();  // NotFound where Felix writes none
  Table<Endpoint> endpoints = NeverRead();             // NotFound before Calico 3.30
  // NotFound: nobody answers as Felix does, which proves nothing: its health may be off, or at another port.
  absl::StatusOr<CniKubeconfig> cni_kubeconfig = NeverRead();  // NotFound where there is none, or it is not looked at
  absl::StatusOr<FelixHealth> felix = NeverRead();

  std::vector<SourceReading> sources;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// False where that is not known.
inline bool HaveSameRoutes(const Snapshot& a, const Snapshot& b) {
  return a.routes_edition != 0 && a.routes_edition == b.routes_edition;
}

// Calls `visit(source, of)` for each thing that is read anew at each poll; `of(snapshot)` is the StatusOr that holds
// it.
template <class Visit>
void ForEachTable(Visit&& visit) {
  const auto add = [&](absl::string_view source, auto member) {
    const auto of = [=](auto& snapshot) -> auto& { return snapshot.*member; };
    visit(source, of);
  };
  ForEachKernelTable(add);
  for (const Family family : kFamilies) {
    const auto add_of_bird = [&](auto member) {
      const auto of = [=](auto& snapshot) -> auto& { return snapshot.birds[family].*member; };
      visit(BirdSource(family), of);
    };
    add_of_bird(&Bird::status);
    add_of_bird(&Bird::protocols);
    add_of_bird(&Bird::peers);
  }
  add(kNodeNameSource, &Snapshot::node_name);
  add("mtu", &Snapshot::calico_mtu);
  add("endpoint_status", &Snapshot::endpoints);
  add(kFelixSource, &Snapshot::felix);
  add("cni_kubeconfig", &Snapshot::cni_kubeconfig);
}

}  // namespace caliwatch
