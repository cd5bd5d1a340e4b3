// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where a cluster's Kubernetes API is and who we are there: of the pod's ServiceAccount or of a kubeconfig. Both are
// read anew for each call, so that tokens and certificates may be replaced at any time.

#include <functional>
#include <memory>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "agent/cluster/secrets.h"
#include "agent/cluster/transfers.h"

namespace caliwatch {

struct KubernetesAccess {
  std::string server;  // "https://10.96.0.1:443"
  std::shared_ptr<const TlsIdentity> tls;
  std::string token;  // empty: none

  // A GET of `path`, which begins with '/' and may have a query. What is secret of it is told to `secrets`.
  HttpCall CallTo(absl::string_view path, Secrets& secrets) const;
};

using Environment = std::function<std::string(const char*)>;  // "" where a variable is not set
std::string EnvironmentOfProcess(const char* name);

inline constexpr char kServiceAccount[] = "/var/run/secrets/kubernetes.io/serviceaccount";

// NotFound: this is no pod of a cluster.
absl::StatusOr<KubernetesAccess> InClusterAccess(const Environment& environment,
                                                 const std::string& folder = kServiceAccount);

// The current context of a kubeconfig. Refused, with what would do instead: users of exec and auth-provider plugins,
// names and passwords, proxies of its own, servers whose certificate is not to be verified. Errors name the file and,
// of what is no YAML, the place.
absl::StatusOr<KubernetesAccess> KubeconfigAccess(const std::string& path);

}  // namespace caliwatch
