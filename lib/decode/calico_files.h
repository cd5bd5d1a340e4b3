// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calico's own files to values.

#include <cstdint>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// /var/lib/calico/nodename: one line.
absl::StatusOr<std::string> NodeNameFrom(absl::string_view content);

// /var/lib/calico/mtu: a decimal number of bytes.
absl::StatusOr<CalicoMtu> MtuFrom(absl::string_view content);

// When the CNI plugin's kubeconfig was last written, as RFC 3339.
absl::StatusOr<CniKubeconfig> CniKubeconfigFrom(absl::string_view written);

// A file of endpoint-status. Its name holds orchestrator, workload and endpoint, each path-escaped, joined by blanks;
// its content is the JSON of libcalico-go/lib/epstatusfile. Errors name the file.
absl::StatusOr<Endpoint> EndpointFrom(absl::string_view file_name, absl::string_view content);

}  // namespace caliwatch
