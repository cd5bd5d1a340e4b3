// SPDX-License-Identifier: Apache-2.0
// How many series a node has, in a full mesh and behind reflectors: what docs/cost.md promises.
#include "test/support/series_count.h"

#include "test/support/catch.h"
#include "test/support/cluster_node.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

int Count(const Snapshot& node) { return SeriesOf(MetricsOnceFound(node)); }

TEST_CASE("the page of costs is that of this source: `make docs` renews it") {
  CHECK(Read(CALIWATCH_SOURCE_DIR "/docs/cost.md") == DocumentCost());
}

TEST_CASE("a node of a full mesh of 200 has 900 series at most, and 1,500 with ten of the others gone") {
  CHECK(Count(MeshNode(200)) <= 900);
  CHECK(Count(MeshNode(200, 10)) <= 1500);
}

TEST_CASE("a peer of the mesh that is well has two series, the 2nd as the 201st and the 1,000th") {
  const int few = Count(MeshNode(50));
  for (const int nodes : {2, 51, 200, 201, 202, 1000}) {
    INFO(nodes);
    CHECK(Count(MeshNode(nodes)) - few == 2 * (nodes - 50));
    CHECK(Count(MeshNode(nodes, 0, true)) - Count(MeshNode(50, 0, true)) == 4 * (nodes - 50));
  }
}

TEST_CASE("behind reflectors the number of nodes makes no series") {
  CHECK(Count(ReflectedNode(1000, 3)) == Count(ReflectedNode(50, 3)));
}

}  // namespace
}  // namespace caliwatch
