// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/kubernetes_access.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "agent/config/yaml_tree.h"
#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

constexpr size_t kMostBytes = 1 << 20;  // of a kubeconfig, a key, a token

// A header must not be split by it.
absl::StatusOr<std::string> TokenFrom(absl::string_view text, absl::string_view where) {
  const absl::string_view token = absl::StripAsciiWhitespace(text);
  if (token.empty()) return absl::FailedPreconditionError(absl::StrCat(where, ": the token is empty"));
  const auto fits = [](char byte) { return absl::ascii_isgraph(static_cast<unsigned char>(byte)); };
  if (!std::all_of(token.begin(), token.end(), fits))
    return absl::FailedPreconditionError(absl::StrCat(where, ": the token holds what no token does"));
  return std::string(token);
}

absl::StatusOr<std::string> TokenOfFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadRegularFile(path, kMostBytes);
  if (!text.ok()) return text.status();
  return TokenFrom(*text, path);
}

bool IsThisMachine(absl::string_view server) {
  for (const absl::string_view host : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
    if (absl::ConsumePrefix(&server, host)) return server.empty() || server[0] == ':' || server[0] == '/';
  return false;
}

// What is in a kubeconfig, by name.
class Section {
 public:
  Section(const YamlNode* node, std::string file) : node_(node), file_(std::move(file)) {}

  bool exists() const { return node_ != nullptr && node_->kind == YamlNode::Kind::kMap; }
  Section operator[](absl::string_view key) const { return {Find(key), file_}; }

  std::string Text(absl::string_view key) const {
    const YamlNode* value = Find(key);
    return value != nullptr && value->kind == YamlNode::Kind::kScalar ? value->scalar : "";
  }

  // Of the list `list`, the member of that name.
  Section Named(absl::string_view list, absl::string_view name) const {
    const YamlNode* members = Find(list);
    if (members == nullptr || members->kind != YamlNode::Kind::kList) return {nullptr, file_};
    for (const YamlNode& member : members->items)
      if (Section(&member, file_).Text("name") == name) return {&member, file_};
    return {nullptr, file_};
  }

  // The text of a file that `KEY` names, beside the kubeconfig, or that `KEY-data` holds, which wins.
  absl::StatusOr<std::string> Pem(const std::string& key) const {
    const std::string data = Text(key + "-data"), path = Text(key);
    std::string pem;
    if (!data.empty()) {
      if (absl::Base64Unescape(data, &pem)) return pem;
      return absl::InvalidArgumentError(absl::StrCat(file_, ": ", key, "-data is not base64"));
    }
    if (path.empty()) return pem;
    return ReadRegularFile(Beside(path), kMostBytes);
  }

  std::string Beside(const std::string& path) const { return std::filesystem::path(file_).parent_path() / path; }

 private:
  const YamlNode* Find(absl::string_view key) const {
    if (!exists()) return nullptr;
    for (size_t at = 0; at + 1 < node_->items.size(); at += 2)
      if (node_->items[at].scalar == key) return &node_->items[at + 1];
    return nullptr;
  }

  const YamlNode* node_;  // null: it is not there
  std::string file_;
};

absl::Status CheckCluster(const Section& cluster, const std::string& path) {
  const auto refused = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": ", what));
  };
  if (cluster.Text("server").empty()) return refused("the current context's cluster has no server");
  if (cluster.Text("insecure-skip-tls-verify") == "true")
    return refused("insecure-skip-tls-verify is refused: give certificate-authority or certificate-authority-data");
  for (const absl::string_view key : {"proxy-url", "tls-server-name"})
    if (!cluster.Text(key).empty()) return refused(absl::StrCat(key, " is not supported"));
  return absl::OkStatus();
}

absl::Status CheckUser(const Section& user, const std::string& path) {
  for (const absl::string_view key : {"exec", "auth-provider"})
    if (user[key].exists())
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": the user's credentials come from a plugin (", key,
                       "), and caliwatch runs none: make a kubeconfig with a token (kubectl create token) or a client "
                       "certificate"));
  for (const absl::string_view key : {"username", "password", "as"})
    if (!user.Text(key).empty())
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": the user's '", key, "' is not supported: use a token or a client certificate"));
  return absl::OkStatus();
}

absl::StatusOr<std::string> TokenOf(const Section& user, const std::string& path) {
  if (const std::string file = user.Text("tokenFile"); !file.empty()) return TokenOfFile(user.Beside(file));
  const std::string token = user.Text("token");
  if (token.empty()) return token;
  return TokenFrom(token, path);
}

}  // namespace

std::string EnvironmentOfProcess(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

HttpCall KubernetesAccess::CallTo(absl::string_view path, Secrets& secrets) const {
  HttpCall call{.url = absl::StrCat(server, path), .headers = {"Accept: application/json"}, .tls = tls};
  secrets.Add(token);
  if (!token.empty()) call.headers.push_back(absl::StrCat("Authorization: Bearer ", token));
  return call;
}

absl::StatusOr<KubernetesAccess> InClusterAccess(const Environment& environment, const std::string& folder) {
  const std::string host = environment("KUBERNETES_SERVICE_HOST"), port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty())
    return absl::NotFoundError(
        "this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set): give a kubeconfig with --kubeconfig");
  absl::StatusOr<std::string> token = TokenOfFile(absl::StrCat(folder, "/token"));
  if (!token.ok()) return token.status();
  absl::StatusOr<std::string> authority = ReadRegularFile(absl::StrCat(folder, "/ca.crt"), kMostBytes);
  if (!authority.ok()) return authority.status();
  const bool is_ipv6 = absl::StrContains(host, ':');
  return KubernetesAccess{.server = absl::StrCat("https://", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", ":", port),
                          .tls = std::make_shared<const TlsIdentity>(TlsIdentity{.authority = *std::move(authority)}),
                          .token = *std::move(token)};
}

absl::StatusOr<KubernetesAccess> KubeconfigAccess(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadRegularFile(path, kMostBytes);
  if (!text.ok()) return text.status();
  const absl::StatusOr<YamlNode> yaml = ReadYaml(path, *text);
  if (!yaml.ok()) return yaml.status();
  const Section root(&*yaml, path);
  const std::string name = root.Text("current-context");
  const Section context = root.Named("contexts", name)["context"];
  if (!context.exists())
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": it has no current context: kubectl config use-context NAME"));
  const Section cluster = root.Named("clusters", context.Text("cluster"))["cluster"];
  const Section user = root.Named("users", context.Text("user"))["user"];
  if (absl::Status status = CheckCluster(cluster, path); !status.ok()) return status;
  if (absl::Status status = CheckUser(user, path); !status.ok()) return status;
  absl::StatusOr<std::string> authority = cluster.Pem("certificate-authority");
  if (!authority.ok()) return authority.status();
  absl::StatusOr<std::string> certificate = user.Pem("client-certificate");
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> key = user.Pem("client-key");
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> token = TokenOf(user, path);
  if (!token.ok()) return token.status();
  std::string server(absl::StripSuffix(cluster.Text("server"), "/"));
  if (!token->empty() && !absl::StartsWith(server, "https://") && !IsThisMachine(server))
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": the token would cross the network unencrypted: the server must begin with https://"));
  return KubernetesAccess{.server = std::move(server),
                          .tls = std::make_shared<const TlsIdentity>(
                              TlsIdentity{*std::move(authority), *std::move(certificate), *std::move(key)}),
                          .token = *std::move(token)};
}

}  // namespace caliwatch
