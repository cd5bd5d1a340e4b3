// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/workloads_document.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

bool IsUsed(const std::string& there) {
  const auto report = NodeReportFromDocument(
      R"({"format": 1, "node": "n1", "sources": [], "unlisted": 0, "own_addresses": [], "blocks": [], "workloads": [
          {"address": "10.48.1.1", "interface": "cali1", "pod": "default/web", "has_endpoint": true, "has_route": null,
           "interface_is_there": )" +
          there + "}]}",
      absl::UnixEpoch());
  REQUIRE(report.ok());
  return report->addresses.at(0).IsUsed();
}

TEST_CASE("an address that only a file names, for an interface that is gone, is not in use") {
  CHECK(IsUsed("true"));
  CHECK_FALSE(IsUsed("false"));
}

}  // namespace
}  // namespace caliwatch
