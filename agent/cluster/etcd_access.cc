// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_access.h"

#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

constexpr size_t kMostPemBytes = 1 << 20;

absl::StatusOr<std::string> PemOf(const Environment& environment, const char* name) {
  const std::string path = environment(name);
  if (path.empty()) return path;
  absl::StatusOr<std::string> pem = ReadRegularFile(path, kMostPemBytes);
  if (!pem.ok()) return absl::Status(pem.status().code(), absl::StrCat(name, ": ", pem.status().message()));
  return pem;
}

absl::StatusOr<std::vector<std::string>> EndpointsOf(const std::string& text) {
  std::vector<std::string> endpoints;
  for (const absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    const absl::string_view endpoint = absl::StripSuffix(absl::StripAsciiWhitespace(part), "/");
    const bool has_scheme = absl::StartsWith(endpoint, "https://") || absl::StartsWith(endpoint, "http://");
    if (!has_scheme || absl::StrContains(endpoint, '@'))
      return absl::InvalidArgumentError(
          "ETCD_ENDPOINTS: write https://HOST:2379, several with commas between, and no user or password in it");
    endpoints.emplace_back(endpoint);
  }
  if (endpoints.empty())
    return absl::NotFoundError("ETCD_ENDPOINTS is not set: https://HOST:2379, or several with commas");
  return endpoints;
}

}  // namespace

absl::StatusOr<EtcdAccess> EtcdAccessFrom(const Environment& environment) {
  absl::StatusOr<std::vector<std::string>> endpoints = EndpointsOf(environment("ETCD_ENDPOINTS"));
  if (!endpoints.ok()) return endpoints.status();
  TlsIdentity tls;
  const std::pair<const char*, std::string*> files[] = {
      {"ETCD_CA_CERT_FILE", &tls.authority}, {"ETCD_CERT_FILE", &tls.certificate}, {"ETCD_KEY_FILE", &tls.key}};
  for (const auto& [name, text] : files) {
    absl::StatusOr<std::string> pem = PemOf(environment, name);
    if (!pem.ok()) return pem.status();
    *text = *std::move(pem);
  }
  return EtcdAccess{.endpoints = *std::move(endpoints),
                    .tls = std::make_shared<const TlsIdentity>(std::move(tls)),
                    .user = environment("ETCD_USERNAME"),
                    .password = environment("ETCD_PASSWORD")};
}

}  // namespace caliwatch
