// SPDX-License-Identifier: Apache-2.0
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

absl::Status AppendNetns(const nlmsghdr& message, std::vector<PodNetwork>& pods) {
  AttributeReader read("RTM_NEWNSID", message);
  if (read.Header<rtgenmsg>() == nullptr) return read.status();
  std::optional<int> id;
  while (const nlattr* attribute = read.Next())
    if (TypeOf(attribute) == NETNSA_NSID) id = read.Value<int>(attribute, "NETNSA_NSID");
  read.Require(id.has_value(), "it has no NETNSA_NSID");
  if (read.ok()) pods.emplace_back().netns_id = *id;
  return read.status();
}

absl::Status AppendPodNeighbor(const nlmsghdr& message, std::vector<PodNeighbor>& neighbors) {
  std::vector<Neighbor> rows;
  if (absl::Status status = AppendRow(message, rows); !status.ok()) return status;
  for (const Neighbor& row : rows)
    neighbors.push_back({row, row.unchanged ? row.unchanged->value : absl::ZeroDuration()});
  return absl::OkStatus();
}

// As the kernel words an error: struct nlmsgerr, then the text.
absl::Status ErrorIn(const nlmsghdr& message) {
  AttributeReader read("NLMSG_ERROR", message);
  if (read.Header<nlmsgerr>() == nullptr) return read.status();
  absl::Status error = absl::UnavailableError("a pod could not be looked into");
  while (const nlattr* attribute = read.Next())
    if (TypeOf(attribute) == NLMSGERR_ATTR_MSG) error = absl::UnavailableError(TextFrom(attribute));
  return read.ok() ? error : read.status();
}

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<PodNetwork>& pods) {
  if (message.nlmsg_type == RTM_NEWNSID) return AppendNetns(message, pods);
  if (pods.empty()) return absl::InvalidArgumentError("what a pod holds comes before the pod");
  PodNetwork& pod = pods.back();
  switch (message.nlmsg_type) {
    case NLMSG_ERROR:
      pods.pop_back();
      return ErrorIn(message);
    case RTM_NEWLINK:
      return AppendRow(message, pod.links);
    case RTM_NEWROUTE:
      return AppendRow(message, pod.routes);
    case RTM_NEWNEIGH:
      return AppendPodNeighbor(message, pod.neighbors);
    default:
      return absl::OkStatus();
  }
}

}  // namespace caliwatch
