// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/kubernetes_access.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

// As kubectl writes one. "c2VjcmV0LWNh" is "secret-ca".
constexpr char kKubeconfig[] = R"(apiVersion: v1
kind: Config
current-context: lab
contexts:
- name: other
  context: {cluster: none, user: none}
- name: lab
  context:
    cluster: lab
    user: admin
clusters:
- name: lab
  cluster:
    server: https://10.0.0.1:6443/
    certificate-authority-data: c2VjcmV0LWNh
    extensions:
    - name: cluster_info
      extension: {version: v1.36.3}
users:
- name: admin
  user:
    token: hunter2-token
)";

absl::StatusOr<KubernetesAccess> AccessOf(const std::string& text) {
  TemporaryFolder folder;
  Write(folder / "config", text);
  Write(folder / "client.crt", "a certificate");
  Write(folder / "token", "hunter2-token\n");
  return KubeconfigAccess(folder / "config");
}

absl::StatusOr<KubernetesAccess> AccessWith(const char* line, const std::string& instead) {
  return AccessOf(absl::StrReplaceAll(kKubeconfig, {{line, instead}}));
}

std::string ErrorOf(const absl::StatusOr<KubernetesAccess>& access) { return std::string(access.status().message()); }

TEST_CASE("a kubeconfig's current context says where the API is and who we are") {
  const auto access = AccessOf(kKubeconfig);
  REQUIRE(access.ok());
  CHECK(access->server == "https://10.0.0.1:6443");
  CHECK(access->tls->authority == "secret-ca");
  Secrets secrets;
  const HttpCall call = access->CallTo("/api/v1/pods?limit=5", secrets);
  CHECK(call.url == "https://10.0.0.1:6443/api/v1/pods?limit=5");
  CHECK(std::count(call.headers.begin(), call.headers.end(), "Authorization: Bearer hunter2-token") == 1);
  CHECK(secrets.Without("hunter2-token") == "(secret)");
}

TEST_CASE("a client certificate is taken from a file beside the kubeconfig, or from itself; a token from its file") {
  const auto access =
      AccessWith("    token: hunter2-token\n", "    client-certificate: client.crt\n    client-key-data: a2V5\n");
  REQUIRE(access.ok());
  CHECK(access->tls->certificate == "a certificate");
  CHECK(access->tls->key == "key");
  CHECK(access->token.empty());
  CHECK(AccessWith("token: hunter2-token", "tokenFile: token")->token == "hunter2-token");
}

TEST_CASE("what caliwatch will not do is refused with what would do, and no secret in it") {
  const std::pair<const char*, std::string> refusals[] = {
      {"    token: hunter2-token\n", "    exec: {command: aws, args: [hunter2]}\n"},
      {"    token: hunter2-token\n", "    auth-provider: {name: gcp}\n"},
      {"    token: hunter2-token\n", "    username: root\n    password: hunter2\n"},
      {"    token: hunter2-token\n", "    token: \"hunter2\\nX-Evil: 1\"\n"},
      {"    token: hunter2-token\n", "    tokenFile: absent\n"},
      {"certificate-authority-data: c2VjcmV0LWNh", "insecure-skip-tls-verify: true"},
      {"certificate-authority-data: c2VjcmV0LWNh", "certificate-authority-data: '*hunter2*'"},
      {"certificate-authority-data: c2VjcmV0LWNh", "proxy-url: http://hunter2@proxy"},
      {"https://10.0.0.1:6443/", "http://10.0.0.1:8080"},
      {"    server: https://10.0.0.1:6443/\n", ""},
      {"current-context: lab", "current-context: absent"},
      {"current-context: lab", "current-context: [hunter2"},
  };
  for (const auto& [line, instead] : refusals) {
    INFO(instead);
    const auto access = AccessWith(line, instead);
    CHECK_FALSE(access.ok());
    CHECK_FALSE(absl::StrContains(ErrorOf(access), "hunter2"));
    CHECK(absl::StrContains(ErrorOf(access), "/"));  // names a file
  }
  CHECK(absl::StrContains(ErrorOf(AccessWith("    token: hunter2-token\n", "    exec: {command: aws}\n")),
                          "kubectl create token"));
  CHECK(AccessWith("https://10.0.0.1:6443/", "http://localhost:8001").ok());
  CHECK_FALSE(AccessWith("https://10.0.0.1:6443/", "http://localhost.evil:8001").ok());
}

struct Pod {
  Pod() {
    Write(folder / "token", "first-token\n");
    Write(folder / "ca.crt", "a ca");
  }
  absl::StatusOr<KubernetesAccess> Access() const {
    return InClusterAccess([this](const char* name) { return variables.count(name) ? variables.at(name) : ""; },
                           folder.path());
  }
  TemporaryFolder folder;
  std::map<std::string, std::string> variables = {{"KUBERNETES_SERVICE_HOST", "10.96.0.1"},
                                                  {"KUBERNETES_SERVICE_PORT", "443"}};
};

TEST_CASE("in a pod the ServiceAccount is used, and a token that was replaced is taken up") {
  Pod pod;
  CHECK(pod.Access()->server == "https://10.96.0.1:443");
  CHECK(pod.Access()->token == "first-token");
  CHECK(pod.Access()->tls->authority == "a ca");
  Write(pod.folder / "token", "second-token");
  CHECK(pod.Access()->token == "second-token");
  pod.variables["KUBERNETES_SERVICE_HOST"] = "fd00::1";
  CHECK(pod.Access()->server == "https://[fd00::1]:443");
}

TEST_CASE("outside of a cluster it is said what to give instead, and a token that is missing is named") {
  Pod pod;
  std::filesystem::remove(pod.folder / "token");
  CHECK(absl::StrContains(ErrorOf(pod.Access()), "/token"));
  pod.variables.clear();
  CHECK(absl::IsNotFound(pod.Access().status()));
  CHECK(absl::StrContains(ErrorOf(pod.Access()), "--kubeconfig"));
}

}  // namespace
}  // namespace caliwatch
