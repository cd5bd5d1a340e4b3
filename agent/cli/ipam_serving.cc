// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/ipam_serving.h"

#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "agent/config/setting_values.h"

namespace caliwatch {
namespace {

constexpr const char* kForServingAlone[] = {"--interval", "--listen", "--allowed-host", "--cluster.nodes"};
constexpr const char* kForALookAlone[] = {"ADDRESS", "--from", "--before", "--report"};

std::vector<std::string> ListOf(const std::string& text) { return absl::StrSplit(text, ',', absl::SkipWhitespace()); }

absl::Status Of(const char* option, const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat(option, ": ", status.message()));
}

}  // namespace

std::vector<Option> IpamServingOptions() {
  return {
      {.name = "--serve",
       .placeholder = "",
       .help = "Look at the cluster again and again until told to end, and serve what is found: a page, metrics, "
               "JSON, and the report for calicoctl."},
      {.name = "--interval",
       .placeholder = "DURATION",
       .help = "With --serve: from the start of one look to the start of the next, 5s to 1h. Default: 30s."},
      {.name = "--listen",
       .placeholder = "LIST",
       .help = "With --serve: where to serve HTTP, several with commas: 127.0.0.1:10181, [::1]:10181, or :10181 for "
               "every address, IPv4 and IPv6. Default: :10181."},
      {.name = "--allowed-host",
       .placeholder = "LIST",
       .help = "With --serve: names by which browsers may open the page and the JSON, beside addresses and names "
               "without a dot, several with commas. Scrapes may use any. Default: none."},
      {.name = "--cluster.nodes",
       .placeholder = "LIST",
       .help =
           "With --serve: hold what these agents tell of their nodes against each other, too, as `caliwatch cluster` "
           "does and in its words, for metrics and the page /cluster. Default: none."}};
}

absl::StatusOr<IpamServing> IpamServingFrom(const Invocation& invocation, const LiveSettings& sources) {
  const auto given = [&](const char* name) -> const std::string& { return invocation.values.at(name); };
  for (const char* option : kForALookAlone)
    if (!given(option).empty())
      return absl::InvalidArgumentError(
          absl::StrCat("--serve looks at a living cluster again and again, and takes no ", option));
  if (given("--output") != "text")  // which is the default
    return absl::InvalidArgumentError("--serve prints nothing, and takes no --output: its JSON is at /api/v1/ipam");
  if (!sources.any())
    return absl::InvalidArgumentError("--serve asks a cluster: add --kubeconfig or --etcd, or run it in a pod");
  IpamServing serving{.sources = sources};
  absl::Status status;
  if (!given("--interval").empty())
    status.Update(
        Of("--interval", SetDuration(given("--interval"), absl::Seconds(5), absl::Hours(1), serving.interval)));
  if (!given("--listen").empty())
    status.Update(Of("--listen", SetListenAddresses(ListOf(given("--listen")), serving.listen_addresses)));
  if (!given("--allowed-host").empty())
    status.Update(Of("--allowed-host", SetHostNames(ListOf(given("--allowed-host")), serving.allowed_hosts)));
  if (!given("--cluster.nodes").empty()) {
    absl::StatusOr<AgentList> nodes = NamedAgentsFrom(given("--cluster.nodes"));
    status.Update(Of("--cluster.nodes", nodes.status()));
    if (nodes.ok()) serving.nodes = *std::move(nodes);
  }
  if (!status.ok()) return status;
  return serving;
}

absl::Status CheckNotServing(const Invocation& invocation) {
  for (const char* option : kForServingAlone)
    if (!invocation.values.at(option).empty())
      return absl::InvalidArgumentError(absl::StrCat(option, " goes with --serve alone"));
  return absl::OkStatus();
}

}  // namespace caliwatch
