// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "agent/cluster/kubernetes_access.h"
#include "agent/cluster/transfers.h"

namespace caliwatch {

// Where Calico's etcd is, and who we are there, by the names that calicoctl has for it in its environment.
struct EtcdAccess {
  std::vector<std::string> endpoints;  // "https://10.0.0.1:2379", none with a '/' at its end; one at least
  std::shared_ptr<const TlsIdentity> tls;
  std::string user, password;  // empty: none
};

// ETCD_ENDPOINTS (comma separated), ETCD_CA_CERT_FILE, ETCD_CERT_FILE, ETCD_KEY_FILE, ETCD_USERNAME, ETCD_PASSWORD.
// Errors name the variable, and never its value.
absl::StatusOr<EtcdAccess> EtcdAccessFrom(const Environment& environment);

}  // namespace caliwatch
