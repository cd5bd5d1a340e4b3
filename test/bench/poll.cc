// SPDX-License-Identifier: Apache-2.0
// The kernel part of caliwatch's poll, as the agent runs it: every table is dumped, decoded and sorted, and the routes
// are told apart from those of the poll before, which stay in memory. Prints, for each of as many polls as its argument
// says, one line of JSON with the CPU milliseconds of each table, of all the rest (sorting and comparing), and the
// number of rows.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "lib/analysis/routes/route_diff.h"
#include "lib/node/kernel_socket.h"
#include "lib/read/read_snapshot.h"
#include "test/bench/process_usage.h"

namespace caliwatch {
namespace {

// This namespace's kernel, without BIRD and Calico.
class KernelNode : public RawNode {
 public:
  explicit KernelNode(std::unique_ptr<KernelSocket> socket) : socket_(std::move(socket)) {}

  // What the floor dumps, too.
  absl::Status Dump(KernelTable table, OnMessage on_message) override {
    if (table == KernelTable::kBgpSockets || table == KernelTable::kPods) return absl::NotFoundError("not measured");
    return socket_->Dump(table, on_message);
  }
  absl::StatusOr<std::string> AskBird(BirdDaemon, BirdQuestion) override { return absl::NotFoundError("no BIRD here"); }
  absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon) override { return absl::NotFoundError("no BIRD here"); }
  absl::StatusOr<std::string> ReadText(TextSource) override { return absl::NotFoundError("no Calico here"); }
  absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() override { return absl::NotFoundError("no Calico here"); }

 private:
  std::unique_ptr<KernelSocket> socket_;
};

// A clock that shows this process's CPU time: what ReadSnapshot() says that a source took is then its CPU time.
absl::Time CpuClock() { return absl::UnixEpoch() + absl::Microseconds(CpuMilliseconds() * 1e3); }

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "poll: %s\n", status.ToString().c_str());
  std::exit(1);
}

void Print(const Snapshot& snapshot, absl::Duration took, size_t changed) {
  std::printf("{");
  absl::Duration rest = took;
  for (const SourceReading& source : snapshot.sources) {
    if (absl::IsNotFound(source.status)) continue;
    Require(source.status);
    rest -= source.took;
    std::printf("\"%s\": %.3f, ", std::string(source.name).c_str(), absl::ToDoubleMilliseconds(source.took));
  }
  std::printf("\"rest\": %.3f, \"rows\": [%zu, %zu, %zu], \"changed\": %zu, \"peak_kib\": %ld}\n",
              absl::ToDoubleMilliseconds(rest), snapshot.routes->size(), snapshot.neighbors->size(),
              snapshot.links->size(), changed, PeakResidentKib());
}

void Poll(int polls) {
  auto socket = KernelSocket::Open();
  Require(socket.status());
  KernelNode node(*std::move(socket));
  SnapshotPtr before = ReadSnapshot(node, CpuClock);
  for (; polls > 0; --polls) {
    const absl::Time begin = CpuClock();
    SnapshotPtr after = ReadSnapshot(node, CpuClock, {.before = before.get()});
    Require(after->routes.status());
    size_t changed = 0;
    const auto count = [&](const Route&) { ++changed; };
    DiffRoutes(*before->routes, *after->routes, count, count);
    Print(*after, CpuClock() - begin, changed);
    before = std::move(after);
  }
}

}  // namespace
}  // namespace caliwatch

int main(int count, char** arguments) { caliwatch::Poll(count > 1 ? std::atoi(arguments[1]) : 1); }
