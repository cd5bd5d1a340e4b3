// SPDX-License-Identifier: Apache-2.0
#include "lib/read/read_snapshot.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "lib/decode/bird_answers.h"
#include "lib/decode/calico_files.h"
#include "lib/decode/felix_health.h"
#include "lib/decode/kernel_messages.h"
#include "lib/decode/kernel_route_order.h"
#include "lib/read/link_roles.h"

namespace caliwatch {
namespace {

constexpr int kDumpAttempts = 5;

// Rows of a table that could not be read each, as those of a pod; the others are judged all the same.
struct UnreadRows {
  size_t count = 0;
  absl::Status first;

  absl::Status Of(size_t read) const {
    if (count == 0) return absl::OkStatus();
    return absl::Status(first.code(), absl::StrCat(count, " of ", count + read, " cannot be read: ", first.message()));
  }
};

template <class Row>
Table<Row> ReadTable(RawNode& node, const KernelDump& dump, const Table<Row>* before, UnreadRows& unread) try {
  std::vector<Row> rows;
  if (before != nullptr && before->ok()) rows.reserve((*before)->size() + (*before)->size() / 16);
  absl::Status dumped, decoded;
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    rows.clear();
    unread = {};
    decoded = absl::OkStatus();
    dumped = node.Dump(dump.table, [&](const nlmsghdr& message) {
      if (!decoded.ok()) return;
      const absl::Status appended = AppendRow(message, rows);
      if (!absl::IsUnavailable(appended)) return decoded.Update(appended);
      ++unread.count;
      unread.first.Update(appended);
    });
    if (!absl::IsAborted(dumped)) break;
  }
  if (!dumped.ok()) return dumped;
  if (absl::IsResourceExhausted(decoded))
    return absl::ResourceExhaustedError(absl::StrCat("the kernel's ", dump.name, ": ", decoded.message()));
  if (!decoded.ok())
    return absl::Status(decoded.code(),
                        absl::StrCat("cannot understand the kernel's ", dump.name, ": ", decoded.message()));
  if constexpr (std::is_same_v<Row, Route>) SortDump(rows);
  return rows;
} catch (const std::bad_alloc&) {
  return absl::ResourceExhaustedError(absl::StrCat("not enough memory for the kernel's ", dump.name));
}

// A route that a router advertised ends at its time, and is given more of it, without a word.
bool EndsByItself(const Route& route) { return !route.expires.IsForever(); }

uint64_t NextEdition() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

// Those of the last dump, or dumped anew.
template <class Dump>
absl::Status ReadKernelRoutes(const Snapshot* unmoved, Snapshot& snapshot, const Dump& dump) {
  if (unmoved != nullptr && unmoved->routes_edition != 0) {
    snapshot.routes = unmoved->routes;
    snapshot.routes_edition = unmoved->routes_edition;
    return absl::OkStatus();
  }
  absl::Status read = dump();
  if (snapshot.routes.ok() && std::none_of(snapshot.routes->begin(), snapshot.routes->end(), EndsByItself))
    snapshot.routes_edition = NextEdition();
  return read;
}

absl::Status ReadProtocols(RawNode& node, BirdDaemon daemon, absl::string_view status_answer, Bird& bird) {
  absl::StatusOr<std::string> answer = node.AskBird(daemon, BirdQuestion::kProtocolsAll);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<BirdClock> clock = BirdClockFrom(status_answer);
  if (!clock.ok()) return clock.status();
  absl::StatusOr<BirdProtocols> protocols = BirdProtocolsFrom(*answer, *clock);
  if (!protocols.ok()) return protocols.status();
  bird.protocols = std::move(protocols->others);
  bird.peers = std::move(protocols->peers);
  return absl::OkStatus();
}

Table<BirdRoute> AskForRoutes(RawNode& node, BirdDaemon daemon, BirdQuestion question) {
  absl::StatusOr<std::string> answer = node.AskBird(daemon, question);
  return answer.ok() ? BirdRoutesFrom(*answer, BirdClock{}) : answer.status();
}

// A doubt stays where the answer cannot be had; it does not make the rest of BIRD unread. NotFound would say that
// nobody asked.
Table<BirdRoute> ReadRoutes(RawNode& node, BirdDaemon daemon) {
  Table<BirdRoute> routes = AskForRoutes(node, daemon, BirdQuestion::kRoutes);
  if (absl::IsNotFound(routes.status()))
    return absl::UnavailableError(absl::StrCat("BIRD's routes: ", routes.status().message()));
  if (!routes.ok()) return routes;
  // Older recordings have none, nor has a BIRD whose kernel protocol has another name.
  const Table<BirdRoute> withheld = AskForRoutes(node, daemon, BirdQuestion::kWithheldRoutes);
  absl::flat_hash_set<std::pair<Prefix, absl::string_view>> refused;
  if (withheld.ok())
    for (const BirdRoute& route : *withheld) refused.emplace(route.destination, route.protocol);
  for (BirdRoute& route : *routes) route.withheld = refused.contains({route.destination, route.protocol});
  return routes;
}

// The first error, or OK.
absl::Status ReadBird(RawNode& node, BirdDaemon daemon, bool ask_routes, Bird& bird) {
  absl::StatusOr<std::string> answer = node.AskBird(daemon, BirdQuestion::kStatus);
  bird.status = answer.ok() ? BirdStatusFrom(*answer) : answer.status();
  absl::Status read = answer.ok() ? ReadProtocols(node, daemon, *answer, bird) : answer.status();
  if (!read.ok()) {
    bird.protocols = read;
    bird.peers = read;
  }
  // It ended between the two questions: then there is none, and not half a one.
  if (absl::IsNotFound(read)) bird.status = read;
  absl::Status all = bird.status.ok() ? read : bird.status.status();
  if (!all.ok()) return all;
  if (ask_routes) bird.routes = ReadRoutes(node, daemon);
  if (const absl::StatusOr<BirdSocketInfo> info = node.IdentifyBird(daemon); info.ok())
    bird.identity = {info->created, info->pid};
  return all;
}

// Calico 3.28 and 3.29 leave empty files, if they leave any: they name workloads and tell nothing of them. One that is
// just being written looks the same.
Table<Endpoint> WithoutMarkers(Table<Endpoint> endpoints) {
  if (!endpoints.ok() || endpoints->empty()) return endpoints;
  const bool tell_nothing = std::all_of(endpoints->begin(), endpoints->end(),
                                        [](const Endpoint& endpoint) { return endpoint.interface.empty(); });
  if (tell_nothing)
    return absl::NotFoundError("the files of endpoint-status are empty, as Calico 3.28 and 3.29 leave them");
  return endpoints;
}

// What stays of an endpoint whose file is of no use: that it is there, as its name says. A file with another name is no
// endpoint's.
void AddUnread(absl::string_view file_name, std::vector<Endpoint>& endpoints) {
  if (absl::StatusOr<Endpoint> named = EndpointFrom(file_name, ""); named.ok()) endpoints.push_back(*std::move(named));
}

// Of all files, while some are of no use. NotFound would say that there are none.
absl::Status SomeUnread(size_t unread, size_t files, const absl::Status& first) {
  const absl::StatusCode code = absl::IsNotFound(first) ? absl::StatusCode::kDataLoss : first.code();
  return absl::Status(code,
                      absl::StrCat(unread, " of ", files, " files in endpoint-status are of no use, the first of ",
                                   "them: ", first.message()));
}

// OK only where every file could be read; one that could not hides no other one.
absl::Status ReadEndpoints(RawNode& node, Table<Endpoint>& endpoints) {
  absl::StatusOr<std::vector<NamedFile>> files = node.ReadEndpointFiles();
  if (!files.ok()) return (endpoints = files.status()).status();
  std::vector<Endpoint> rows;
  size_t unread = 0;
  absl::Status first;
  for (const NamedFile& file : *files) {
    absl::StatusOr<Endpoint> endpoint =
        file.content.ok() ? EndpointFrom(file.name, *file.content) : file.content.status();
    first.Update(endpoint.status());
    unread += !endpoint.ok();
    if (endpoint.ok())
      rows.push_back(*std::move(endpoint));
    else
      AddUnread(file.name, rows);
  }
  const absl::Status read = unread == 0 ? absl::OkStatus() : SomeUnread(unread, files->size(), first);
  // Rows that say nothing would look like a table that says there is nothing.
  endpoints = unread != 0 && unread == files->size() ? Table<Endpoint>(read) : std::move(rows);
  return read;
}

}  // namespace

SnapshotPtr ReadSnapshot(RawNode& node, absl::FunctionRef<absl::Time()> now, const ReadOptions& options) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->taken_at = now();
  snapshot->boot_time = options.boot_time;
  snapshot->taken_early = options.taken_early;
  node.ChooseBgpPorts(options.bgp_ports);
  const auto read = [&](absl::string_view source, absl::FunctionRef<absl::Status()> fill) {
    const absl::Time begin = now();
    absl::Status status = fill();
    snapshot->sources.push_back({source, std::move(status), now() - begin});
  };
  ForEachKernelTable([&]<class Row>(absl::string_view name, Table<Row> KernelTables::*rows) {
    const Table<Row>* before = options.before == nullptr ? nullptr : &(options.before->*rows);
    const auto dump = [&] {
      UnreadRows unread;
      const Table<Row>& table = *snapshot.*rows = ReadTable(node, *FindDump(name), before, unread);
      return table.ok() ? unread.Of(table->size()) : table.status();
    };
    if constexpr (std::is_same_v<Row, Route>)
      read(name, [&] { return ReadKernelRoutes(options.unmoved, *snapshot, dump); });
    else
      read(name, dump);
  });
  for (const Family family : kFamilies) {
    const BirdDaemon daemon = family == Family::kIpv4 ? BirdDaemon::kBird : BirdDaemon::kBird6;
    read(BirdSource(family),
         [&] { return ReadBird(node, daemon, options.ask_bird_routes[family], snapshot->birds[family]); });
  }
  const auto read_text = [&]<class Value>(TextSource source, absl::StatusOr<Value> Snapshot::*value,
                                          absl::StatusOr<Value> (*decode)(absl::string_view)) {
    read(ToString(source), [&] {
      const absl::StatusOr<std::string> text = node.ReadText(source);
      return (*snapshot.*value = text.ok() ? decode(*text) : text.status()).status();
    });
  };
  read_text(TextSource::kNodeName, &Snapshot::node_name, NodeNameFrom);
  read_text(TextSource::kMtu, &Snapshot::calico_mtu, MtuFrom);
  read_text(TextSource::kFelix, &Snapshot::felix, FelixHealthFrom);
  read_text(TextSource::kCniKubeconfig, &Snapshot::cni_kubeconfig, CniKubeconfigFrom);
  read("endpoint_status", [&] { return ReadEndpoints(node, snapshot->endpoints); });
  snapshot->endpoints = WithoutMarkers(std::move(snapshot->endpoints));
  if (snapshot->links.ok())
    AssignRoles(*snapshot->links, snapshot->endpoints, snapshot->routes,
                options.before == nullptr ? nullptr : &options.before->links);
  return snapshot;
}

}  // namespace caliwatch
