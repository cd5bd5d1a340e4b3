// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/workloads_document.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/decode/json_document.h"
#include "lib/decode/json_fields.h"
#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

constexpr int kMostDepth = 8;  // a row is the third

bool IsTold(const JsonFields& fields, const char* key) { return fields.Find(key).Is(JsonType::kList); }

// What the agent's own sources say.
void TakeSources(const JsonFields& fields, NodeReport& report) {
  report.endpoint_status = absl::NotFoundError("the node has no endpoint-status");
  for (const JsonFields& source : fields.Objects("sources")) {
    const std::string name = source.Text("source"), error = source.Text("error");
    const absl::Status status =
        error.empty() ? absl::OkStatus() : absl::UnavailableError(Printable(absl::StrCat(name, ": ", error)));
    if (name == "endpoint_status")
      report.endpoint_status = status;
    else
      report.kernel.Update(status);
  }
}

NodeAddress RowFrom(const JsonFields& fields) {
  NodeAddress row;
  row.interface = fields.Text("interface");
  row.pod = fields.Text("pod");
  row.interface_is_there = fields.Flag("interface_is_there", true);
  row.in_routes = fields.Flag("has_route");
  row.in_neighbors = fields.Flag("has_neighbor");
  row.in_endpoint_status = fields.Flag("has_endpoint");
  if (const auto address = fields.Address("address"))
    row.address = *address;
  else
    fields.Fail("address", "is missing");
  return row;
}

void TakeRows(const JsonFields& fields, NodeReport& report) {
  if (!IsTold(fields, "workloads")) report.kernel.Update(absl::UnavailableError("the node's workloads are not told"));
  if (const int64_t unlisted = fields.Number("unlisted"); unlisted != 0)
    report.kernel.Update(absl::ResourceExhaustedError(absl::StrCat(unlisted, " addresses are not listed")));
  for (const JsonFields& row : fields.Objects("workloads")) report.addresses.push_back(RowFrom(row));
  const auto key = [](const NodeAddress& row) { return std::tie(row.address, row.interface); };
  std::sort(report.addresses.begin(), report.addresses.end(),
            [&](const NodeAddress& a, const NodeAddress& b) { return key(a) < key(b); });
  for (const JsonFields& own : fields.Objects("own_addresses"))
    if (const auto address = own.Address("address")) report.own_addresses.push_back(*address);
  std::sort(report.own_addresses.begin(), report.own_addresses.end());
  if (!IsTold(fields, "own_addresses"))
    report.kernel.Update(absl::UnavailableError("the node's own addresses are not told"));
}

void TakeBlocks(const JsonFields& fields, absl::Status& status, NodeReport& report) {
  if (!IsTold(fields, "blocks")) return;
  report.local_blocks.emplace();
  for (const std::string& text : fields.Texts("blocks")) {
    const absl::StatusOr<Prefix> block = Prefix::Parse(text);
    if (block.ok())
      report.local_blocks->push_back(*block);
    else
      status.Update(absl::InvalidArgumentError(absl::StrCat("blocks: ", Printable(block.status().message()))));
  }
  std::sort(report.local_blocks->begin(), report.local_blocks->end());
}

absl::Status Parse(absl::string_view text, Json& json) {
  if (const absl::Status parsed = ParseJson(text, kMostDepth, json); !parsed.ok()) return parsed;
  absl::Status status;
  if (JsonFields(json, status).Number("format") == 1) return absl::OkStatus();
  return absl::InvalidArgumentError("it is no answer of an agent that this version understands: its format is not 1");
}

}  // namespace

absl::StatusOr<std::vector<HeldAddress>> HeldAddressesFromDocument(absl::string_view text) {
  Json json;
  if (const absl::Status parsed = Parse(text, json); !parsed.ok()) return parsed;
  absl::Status status;
  const JsonFields fields(json, status);
  if (!IsTold(fields, "workloads")) return absl::UnavailableError("the node's workloads are not told");
  std::vector<HeldAddress> held;
  for (const JsonFields& row : fields.Objects("workloads")) {
    const NodeAddress told = RowFrom(row);
    if (!told.interface_is_there || !told.in_routes) continue;
    const absl::Duration unchanged = absl::Seconds(row.Decimal("unchanged_seconds"));
    held.push_back({told.address, told.interface, told.pod, unchanged});
  }
  if (!status.ok()) return status;
  return held;
}

absl::StatusOr<NodeReport> NodeReportFromDocument(absl::string_view text, absl::Time read_at) {
  Json json;
  if (const absl::Status parsed = Parse(text, json); !parsed.ok()) return parsed;
  absl::Status status;
  const JsonFields fields(json, status);
  NodeReport report;
  report.node = fields.Text("node");
  report.read_at = read_at;
  TakeSources(fields, report);
  TakeRows(fields, report);
  TakeBlocks(fields, status, report);
  if (!status.ok()) return status;
  return report;
}

}  // namespace caliwatch
