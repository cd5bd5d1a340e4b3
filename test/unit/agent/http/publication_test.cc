// SPDX-License-Identifier: Apache-2.0
#include "agent/http/publication.h"

#include <string>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

Publication OfNode(const Snapshot& node) { return {.report = ReportOf(node), .process = {}}; }

TEST_CASE("metrics are made when they are first asked for, and all scrapes of a poll get the same") {
  Publication publication = OfNode(HealthyNode());
  publication.process.version = "before the first scrape";
  const SharedBody::Bytes first = MetricsOf(publication, false);
  CHECK(absl::StrContains(*first, "before the first scrape"));
  publication.process.version = "after it";
  CHECK(MetricsOf(publication, false) == first);
}

TEST_CASE("metrics are compressed once, and for those who take them so") {
  const Publication publication = OfNode(HealthyNode());
  const SharedBody::Bytes zipped = MetricsOf(publication, true);
  CHECK(absl::StartsWith(*zipped, "\x1f\x8b"));
  CHECK(MetricsOf(publication, true) == zipped);
  CHECK(absl::StartsWith(*MetricsOf(publication, false), "# HELP "));
}

TEST_CASE("metrics have the peers that the setting asks for") {
  Publication publication = OfNode(HealthyNode());
  publication.peer_detail = PeerDetail::kNone;
  CHECK_FALSE(absl::StrContains(*MetricsOf(publication, false), "\ncaliwatch_bgp_peer_up{"));
}

}  // namespace
}  // namespace caliwatch
