// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/document.h"

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("the page of metrics is that of this source: `make docs` renews it") {
  CHECK(Read(CALIWATCH_SOURCE_DIR "/docs/metrics.md") == DocumentMetrics());
}

}  // namespace
}  // namespace caliwatch
