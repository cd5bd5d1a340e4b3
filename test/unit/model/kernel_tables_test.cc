// SPDX-License-Identifier: Apache-2.0
#include "lib/model/kernel_tables.h"

#include <set>
#include <string>

#include "lib/model/snapshot.h"
#include "lib/node/kernel_dumps.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

TEST_CASE("every table of the model has a dump of its name, and every dump a table") {
  std::set<std::string> tables, dumps;
  ForEachKernelTable([&](absl::string_view name, auto) { tables.emplace(name); });
  for (const KernelDump& dump : kKernelDumps) dumps.emplace(dump.name);
  CHECK(tables == dumps);
}

TEST_CASE("a table is found by its rows") {
  Snapshot node;
  node.neighbors = std::vector<Neighbor>(3);
  CHECK(TableOf<Neighbor>(node)->size() == 3);
  CHECK(&TableOf<Route>(node) == &node.routes);
}

TEST_CASE("each thing that a poll reads is listed once, under the name of its source") {
  const Snapshot node = HealthyNode();
  std::set<std::string> sources;
  size_t things = 0;
  ForEachTable([&](absl::string_view source, const auto& of) {
    sources.emplace(source);
    ++things;
    CHECK(of(node).status() != NeverRead());
  });
  CHECK(things == 9 + 2 * 3 + 4);
  CHECK(sources.size() == 15);
}

}  // namespace
}  // namespace caliwatch
