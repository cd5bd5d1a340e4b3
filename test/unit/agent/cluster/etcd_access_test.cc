// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_access.h"

#include <map>
#include <string>
#include <vector>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

absl::StatusOr<EtcdAccess> AccessOf(const std::map<std::string, std::string>& variables) {
  return EtcdAccessFrom([&](const char* name) { return variables.count(name) ? variables.at(name) : ""; });
}

TEST_CASE("etcd is found by calicoctl's names in the environment") {
  TemporaryFolder folder;
  Write(folder / "ca", "a ca");
  Write(folder / "key", "a key");
  const auto access = AccessOf({{"ETCD_ENDPOINTS", "https://10.0.0.1:2379/, https://[fd00::1]:2379"},
                                {"ETCD_CA_CERT_FILE", folder / "ca"},
                                {"ETCD_KEY_FILE", folder / "key"},
                                {"ETCD_USERNAME", "calico"},
                                {"ETCD_PASSWORD", "hunter2"}});
  REQUIRE(access.ok());
  CHECK(access->endpoints == std::vector<std::string>{"https://10.0.0.1:2379", "https://[fd00::1]:2379"});
  CHECK(access->tls->authority == "a ca");
  CHECK(access->tls->key == "a key");
  CHECK(access->tls->certificate.empty());
  CHECK(access->user == "calico");
  CHECK(access->password == "hunter2");
}

TEST_CASE("what is wrong is named by its variable, and not shown") {
  CHECK(absl::IsNotFound(AccessOf({}).status()));
  for (const char* endpoints : {"10.0.0.1:2379", "https://root:hunter2@10.0.0.1:2379", "https://a,ftp://hunter2"}) {
    const absl::Status error = AccessOf({{"ETCD_ENDPOINTS", endpoints}}).status();
    CHECK(absl::StartsWith(error.message(), "ETCD_ENDPOINTS: "));
    CHECK_FALSE(absl::StrContains(error.message(), "hunter2"));
  }
  const auto access = AccessOf({{"ETCD_ENDPOINTS", "https://a:2379"}, {"ETCD_CERT_FILE", "/nonexistent/cert"}});
  CHECK(absl::StartsWith(access.status().message(), "ETCD_CERT_FILE: "));
}

}  // namespace
}  // namespace caliwatch
