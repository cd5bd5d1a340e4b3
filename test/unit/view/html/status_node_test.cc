// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_node.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

TEST_CASE("a node's card has its addresses, its AS, its tunnels, pods, blocks, routes, table and BIRD") {
  const std::string html = NodeCardHtml(ReportOf(HealthyNode()));
  for (const absl::string_view part :
       {"<dt>Encapsulation</dt><dd>none: no tunnel of Calico&#39;s is there</dd>",
        "<dt>Pods</dt><dd>2 (2 interfaces)</dd>", "<dt>Blocks</dt><dd>192.168.231.0/26: 2 of 64 in use</dd>",
        "<dt>AS</dt><dd>64512 (its mesh&#39;s", "<dd>IPv4: 4 of 1024 (0 %)<br>\nIPv6: 0 of 1024 (0 %)</dd>",
        "IPv4: 3 by BIRD, 2 to pods, or by hand (boot), 1 other", "IPv4: v0.3.3+birdv1.6.8, router id 10.39.1.231",
        "<dt>Restarts of BIRD</dt>"})
    CHECK(absl::StrContains(html, part));
}

TEST_CASE("what cannot be read is unknown on the card, with the reason, and never none") {
  const std::string html = NodeCardHtml(ReportOf(NodeWithoutLinks()));
  CHECK(absl::StrContains(html, "<dt>Encapsulation</dt><dd>unknown: netlink is gone</dd>"));
  CHECK(absl::StrContains(html, "<dt>Blocks</dt><dd>unknown: netlink is gone</dd>"));
}

TEST_CASE("what BIRD said before it fell silent is marked with the time") {
  const std::string html = NodeCardHtml(ReportOfSilentBird());
  CHECK(absl::StrContains(html,
                          "<dt>AS</dt><dd class=\"old\">64512 (its mesh&#39;s: this BIRD does not tell its own), as of "
                          "08:00:00 UTC</dd>"));
  CHECK(absl::StrContains(html, "<dt>BIRD</dt><dd class=\"old\">IPv4: cannot be asked: BIRD is silent"));
  CHECK(absl::StrContains(html, "<dt>Pods</dt><dd>2 (2 interfaces)</dd>"));
}

TEST_CASE("of many blocks, those behind the first few are folded away, and of hundreds the rest is counted") {
  Report report = ReportOf(HealthyNode());
  report.kernel.block_use->resize(150, report.kernel.block_use->front());
  const std::string html = NodeCardHtml(report);
  CHECK(absl::StrContains(html, "<details id=\"more-blocks\"><summary>146 more</summary>"));
  CHECK(absl::StrContains(html, "and 46 more</details>"));
}

}  // namespace
}  // namespace caliwatch
