// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/link_index.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// How a file of endpoint-status and the kernel contradict each other. Felix, while it works, lets none of these stand:
// it removes the file of an interface that is gone, in up to 22 s, and takes from one that it does not know its routes.
enum class FileDoubt : uint8_t {
  kNoInterface,   // the file's interface is gone: its pod has ended
  kNoFile,        // routes lead to an interface that runs, and no file names it or their addresses: a pod has started
  kOtherAddress,  // no route leads to the file's addresses, but to others by the same interface: a pod was made anew
};

// The interfaces that files and kernel disagree about, and the files as a whole.
struct EndpointFiles {
  std::map<std::string, FileDoubt> doubts;  // by interface
  size_t with_interface = 0;                // files that name one
  // A workload's route has a metric: Calico 3.32 or later made it, and these write files.
  bool has_metrics = false;
};

// Nothing in doubt where there are no files, or empty ones alone.
absl::StatusOr<EndpointFiles> EndpointFilesOf(const Table<Endpoint>& endpoints, const Table<Link>& links,
                                              const absl::StatusOr<HostRoutes>& routes);

}  // namespace caliwatch
