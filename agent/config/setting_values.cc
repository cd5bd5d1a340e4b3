// SPDX-License-Identifier: Apache-2.0
#include "agent/config/setting_values.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "agent/config/agent_list.h"
#include "agent/config/listen_address.h"
#include "agent/config/own_paths.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/node/http_get.h"

namespace caliwatch {
namespace {

bool MayStandInUrlPath(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("/-._~", absl::string_view(&c, 1));
}

}  // namespace

absl::Status SetListenAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses) {
  for (const std::string& value : values)
    if (const auto parsed = ListenAddress::Parse(value); !parsed.ok()) return parsed.status();
  addresses = values;
  return absl::OkStatus();
}

absl::Status SetHealthAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses) {
  addresses.clear();
  if (values.size() == 1 && values[0].empty()) return absl::OkStatus();
  for (const std::string& value : values)
    if (absl::Status status = CheckHttpAddress(value); !status.ok()) return status;
  addresses = values;
  return absl::OkStatus();
}

absl::Status SetOwnHealthAddresses(const std::vector<std::string>& values, std::vector<std::string>& addresses) {
  if (values.size() > 1 || !values[0].empty()) return SetListenAddresses(values, addresses);
  addresses.clear();
  return absl::OkStatus();
}

absl::Status SetHostNames(const std::vector<std::string>& values, std::vector<std::string>& names) {
  const auto may_stand = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._", absl::string_view(&c, 1));
  };
  for (const std::string& value : values)
    if (value.empty() || !std::all_of(value.begin(), value.end(), may_stand))
      return absl::InvalidArgumentError(
          absl::StrCat("'", value, "' is no name of a host: write one as node1.example.com, without port"));
  names = values;
  return absl::OkStatus();
}

absl::Status SetPrefixes(const std::vector<std::string>& values, std::vector<Prefix>& prefixes) {
  if (values.size() > kMostWatchedRoutes)
    return absl::InvalidArgumentError(absl::StrCat("has ", values.size(), " prefixes, and ", kMostWatchedRoutes,
                                                   " are the most: name the few that matter"));
  const bool none = values.size() == 1 && values[0].empty();
  std::vector<Prefix> read;
  for (const std::string& value : none ? std::vector<std::string>() : values) {
    const absl::StatusOr<Prefix> prefix = Prefix::Parse(value);
    if (!prefix.ok())
      return absl::InvalidArgumentError(absl::StrCat(prefix.status().message(), ": write one as 10.20.0.0/16"));
    const Prefix whole = Shortened(*prefix, prefix->length);
    if (whole != *prefix)
      return absl::InvalidArgumentError(
          absl::StrCat("'", value, "' is an address within a prefix: write ", whole.ToString()));
    if (std::find(read.begin(), read.end(), whole) != read.end())
      return absl::InvalidArgumentError(absl::StrCat("'", value, "' is there twice"));
    read.push_back(whole);
  }
  prefixes = std::move(read);
  return absl::OkStatus();
}

absl::Status SetUrlPath(const std::string& value, std::string& path) {
  // The server folds "//" and "/." away before anybody sees the path of a request.
  const bool folded = absl::StrContains(value, "//") || absl::StrContains(value, "/.");
  if (value.empty() || value.front() != '/' || folded || !std::all_of(value.begin(), value.end(), MayStandInUrlPath))
    return absl::InvalidArgumentError(absl::StrCat(
        "'", value, "' is no path of a URL: write one as /metrics, of letters, digits and any of / - . _ ~"));
  if (IsOwnPath(value))
    return absl::InvalidArgumentError(absl::StrCat("'", value, "' is taken by a page of the agent"));
  path = value;
  return absl::OkStatus();
}

absl::Status SetLinkUrl(const std::string& value, std::string& url) {
  constexpr size_t kMost = 2000;  // characters; a link that is longer no browser is sure to follow
  const absl::string_view rest = absl::StartsWith(value, "https://")  ? absl::string_view(value).substr(8)
                                 : absl::StartsWith(value, "http://") ? absl::string_view(value).substr(7)
                                                                      : "";
  const auto may_stand = [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
           !absl::StrContains("\"'<>\\^`|", absl::string_view(&c, 1));
  };
  const bool has_host = !rest.empty() && !absl::StrContains("/?#:@", rest.substr(0, 1));
  if (!value.empty() && (!has_host || value.size() > kMost || !std::all_of(value.begin(), value.end(), may_stand)))
    return absl::InvalidArgumentError(
        absl::StrCat("'", value, "' is no link: write one as https://grafana.example.com/d/caliwatch-node, of ", kMost,
                     " characters at most, without blanks and quotes"));
  url = value;
  return absl::OkStatus();
}

absl::Status SetAgents(const std::string& value, std::string& agents) {
  if (!value.empty())
    if (const auto list = NamedAgentsFrom(value); !list.ok()) return list.status();
  agents = value;
  return absl::OkStatus();
}

absl::Status SetFilePath(const std::string& value, std::string& path) {
  if (value.empty() || value.front() != '/')
    return absl::InvalidArgumentError(absl::StrCat("'", value, "' is no absolute path: begin with '/'"));
  path = value;
  return absl::OkStatus();
}

absl::Status SetDuration(const std::string& value, absl::Duration least, absl::Duration most,
                         absl::Duration& duration) {
  absl::Duration parsed;
  if (!absl::ParseDuration(value, &parsed))
    return absl::InvalidArgumentError(
        absl::StrCat("'", value, "' is no duration: write a number with its unit, as 5s or 1m30s"));
  if (parsed < least || parsed > most)
    return absl::InvalidArgumentError(absl::StrCat("'", value, "' is out of range: from ", absl::FormatDuration(least),
                                                   " to ", absl::FormatDuration(most)));
  duration = parsed;
  return absl::OkStatus();
}

}  // namespace caliwatch
