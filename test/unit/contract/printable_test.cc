// SPDX-License-Identifier: Apache-2.0
// Whatever names and others' words hold, no output holds what a terminal or an editor obeys, or nobody sees.

#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "lib/metrics/exposition.h"
#include "lib/model/utf8.h"
#include "lib/view/html/status_page.h"
#include "lib/view/json/report_json.h"
#include "lib/view/log/change_log.h"
#include "lib/view/terminal/report_text.h"
#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

// U+009B (as ESC [), an escape sequence, U+202E and U+2066 (direction), U+200B, U+E0041, a byte that is no UTF-8.
constexpr char kMarks[] = "\xc2\x9b\x1b[2J\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xf3\xa0\x81\x81\xff";

void Mark(std::string& text) { text += kMarks; }

Snapshot NodeWithMarksEverywhere() {
  Snapshot node = NodeWithPeerDown();
  Mark(*node.node_name);
  node.links->push_back(WorkloadLink(9, absl::StrCat("cali", kMarks)));
  for (Link& link : *node.links) Mark(link.kind);
  for (Endpoint& endpoint : *node.endpoints) {
    Mark(endpoint.workload);
    Mark(endpoint.interface);
  }
  Bird& bird = node.birds[Family::kIpv4];
  Mark(bird.status->version);
  for (BgpPeer& peer : *bird.peers) {
    for (std::string* text :
         {&peer.name, &peer.bgp_state_text, &peer.message, &peer.description, &peer.error.text, &peer.last_error.text})
      Mark(*text);
    peer.address.reset();
  }
  for (BirdProtocol& protocol : *bird.protocols) Mark(protocol.name);
  Fail(node, "mtu", absl::UnavailableError(absl::StrCat("broken ", kMarks)));
  node.calico_mtu = absl::UnavailableError(absl::StrCat("broken ", kMarks));
  return node;
}

std::string LogOf(const Report& report, LogFormat format) {
  std::string lines;
  for (const LogRecord& record : RecordsOf(nullptr, report))
    absl::StrAppend(&lines, FormatLogRecord(record, report.taken_at, format), "\n");
  return lines;
}

// The line breaks are ours.
void CheckPrintable(const std::string& output) {
  const std::string text = absl::StrReplaceAll(output, {{"\n", " "}});
  INFO(PrintableJson(text));
  CHECK(IsPrintable(text));
}

TEST_CASE("no output holds what steers a terminal, turns text or cannot be seen") {
  const Report report = ReportOf(NodeWithMarksEverywhere());
  SECTION("metrics") {
    const std::string metrics = RenderMetrics({report, ProcessStats(), PeerDetail::kAll});
    CHECK(metrics.find("Mesh_10_39_1_36\xef\xbf\xbd") != std::string::npos);
    CheckPrintable(metrics);
  }
  SECTION("JSON") {
    const std::string json = ReportJson(report, "");
    CHECK(json.find("Mesh_10_39_1_36\\u009b\\u001b[2J\\u202e\\u2066\\u200b\\udb40\\udc41\xef\xbf\xbd") !=
          std::string::npos);
    CheckPrintable(json);
  }
  SECTION("page") { CheckPrintable(StatusPage(report, {.telemetry_path = "/metrics", .now = report.taken_at})); }
  SECTION("terminal") { CheckPrintable(ReportText(report, false)); }
  SECTION("log") { CheckPrintable(LogOf(report, LogFormat::kLogfmt)); }
  SECTION("log in JSON") { CheckPrintable(LogOf(report, LogFormat::kJson)); }
}

}  // namespace
}  // namespace caliwatch
