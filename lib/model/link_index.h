// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/container/flat_hash_map.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// The interfaces of one poll by their index; leads into the table it was made of.
class LinkIndex {
 public:
  explicit LinkIndex(const std::vector<Link>& links);
  // Null: it came after links were read.
  const Link* Find(int index) const;
  bool HasRole(int index, LinkRole role) const;
  std::string NameOf(int index) const;  // or "an unknown interface"

 private:
  absl::flat_hash_map<int, const Link*> links_;
};

// Calico's eBPF data plane forwards between interfaces itself: much of what the kernel is told elsewhere is not needed.
bool IsEbpfDevice(const Link& link);
bool HasEbpfDataPlane(const std::vector<Link>& links);

}  // namespace caliwatch
