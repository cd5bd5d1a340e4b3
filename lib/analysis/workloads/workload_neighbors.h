// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "lib/model/kernel.h"

namespace caliwatch {

// What the neighbor table shows of workloads where Calico itself does not: an address lives at a workload interface
// where somebody answered to it. Permanent entries do not count: they prove that somebody wrote them, once. Nor do
// link-local addresses, of which every interface has its own. Points into `links`.
class WorkloadNeighbors {
 public:
  WorkloadNeighbors(const std::vector<Neighbor>& neighbors, const std::vector<Link>& links);

  const std::map<IpAddress, std::vector<const Link*>>& links_by_address() const { return by_address_; }
  const std::vector<const Link*>& LinksOf(const IpAddress& address) const;
  // Somebody answers there, to whichever address of the family.
  bool AnswersAt(int link, Family family) const { return inhabited_.count({link, family}) != 0; }
  // Somebody has answered there lately, to whichever address.
  bool IsAnsweringAt(int link) const { return lively_.count(link) != 0; }
  // Who has this address answered there lately, or once.
  bool IsAnswering(const IpAddress& address, int link) const { return answering_.count({address, link}) != 0; }
  bool HasAnswered(const IpAddress& address, int link) const;
  // The kernel asked there, and nobody answered (FAILED, INCOMPLETE).
  bool IsUnanswered(const IpAddress& address, int link) const { return unanswered_.count({address, link}) != 0; }

 private:
  std::map<IpAddress, std::vector<const Link*>> by_address_;
  std::set<std::pair<int, Family>> inhabited_;
  std::set<std::pair<IpAddress, int>> answering_, unanswered_;
  std::set<int> lively_;
};

}  // namespace caliwatch
