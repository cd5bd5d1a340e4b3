// SPDX-License-Identifier: Apache-2.0
#include "lib/model/link_index.h"

#include <algorithm>

namespace caliwatch {

LinkIndex::LinkIndex(const std::vector<Link>& links) {
  links_.reserve(links.size());
  for (const Link& link : links) links_[link.index] = &link;
}

const Link* LinkIndex::Find(int index) const {
  const auto found = links_.find(index);
  return found != links_.end() ? found->second : nullptr;
}

bool LinkIndex::HasRole(int index, LinkRole role) const {
  const Link* link = Find(index);
  return link != nullptr && link->role == role;
}

std::string LinkIndex::NameOf(int index) const {
  const Link* link = Find(index);
  return link != nullptr ? link->name : "an unknown interface";
}

bool IsEbpfDevice(const Link& link) { return link.name == "bpfin.cali" || link.name == "bpfout.cali"; }

bool HasEbpfDataPlane(const std::vector<Link>& links) { return std::any_of(links.begin(), links.end(), IsEbpfDevice); }

}  // namespace caliwatch
