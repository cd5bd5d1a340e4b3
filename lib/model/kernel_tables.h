// SPDX-License-Identifier: Apache-2.0
#pragma once

// The tables that a poll asks of the kernel, listed once: reading them, keeping the last good ones and handing them to
// checks walk this list.

#include <type_traits>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/bgp_socket.h"
#include "lib/model/kernel.h"
#include "lib/model/pod_network.h"

namespace caliwatch {

// A table that could not be read is an error, never an empty table.
template <class Row>
using Table = absl::StatusOr<std::vector<Row>>;

inline absl::Status NeverRead() { return absl::UnknownError("never read"); }

struct KernelTables {
  Table<Link> links = NeverRead();
  Table<Address> addresses = NeverRead();
  Table<Route> routes = NeverRead();  // every table of both families, ordered by Route::CompareKey
  Table<Neighbor> neighbors = NeverRead();
  Table<FdbEntry> fdb = NeverRead();
  Table<NetConf> netconf = NeverRead();
  Table<NeighborLimits> neighbor_limits = NeverRead();
  Table<Rule> rules = NeverRead();
  Table<LinkStats> link_stats = NeverRead();
  Table<BgpSocket> bgp_sockets = NeverRead();  // with port 179 at either end, or marked as BGP
  Table<PodNetwork> pods = NeverRead();        // NotFound: nobody asked to look into pods
};

// Calls `visit(name, member)` for each, in the order in which they are read. The name is that of the dump, of the
// recording and of the label `source`.
template <class Visit>
constexpr void ForEachKernelTable(Visit&& visit) {
  visit("links", &KernelTables::links);
  visit("addresses", &KernelTables::addresses);
  visit("routes", &KernelTables::routes);
  visit("neighbors", &KernelTables::neighbors);
  visit("fdb", &KernelTables::fdb);
  visit("netconf", &KernelTables::netconf);
  visit("neighbor_limits", &KernelTables::neighbor_limits);
  visit("rules", &KernelTables::rules);
  visit("link_stats", &KernelTables::link_stats);
  visit("bgp_sockets", &KernelTables::bgp_sockets);
  visit("pods", &KernelTables::pods);
}

// There is a table of such rows.
template <class Row>
inline constexpr bool kIsKernelRow = [] {
  bool found = false;
  ForEachKernelTable(
      [&]<class Each>(absl::string_view, Table<Each> KernelTables::*) { found = found || std::is_same_v<Each, Row>; });
  return found;
}();

// The table that holds rows of one type.
template <class Row>
const Table<Row>& TableOf(const KernelTables& tables) {
  static_assert(kIsKernelRow<Row>);
  const Table<Row>* found = nullptr;
  ForEachKernelTable([&]<class Each>(absl::string_view, Table<Each> KernelTables::*member) {
    if constexpr (std::is_same_v<Each, Row>) found = &(tables.*member);
  });
  return *found;
}

}  // namespace caliwatch
