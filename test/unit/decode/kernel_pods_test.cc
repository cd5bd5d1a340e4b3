// SPDX-License-Identifier: Apache-2.0
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>

#include "lib/decode/kernel_messages.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

nlmsghdr MessageOf(uint16_t type) {
  nlmsghdr message{};
  message.nlmsg_len = sizeof message;
  message.nlmsg_type = type;
  return message;
}

TEST_CASE("what a pod holds belongs to the pod that was begun last, and to none before the first") {
  std::vector<PodNetwork> pods;
  CHECK(absl::IsInvalidArgument(AppendRow(MessageOf(RTM_NEWLINK), pods)));
  CHECK(pods.empty());
}

TEST_CASE("a message that tells nothing of a pod's links, routes and neighbors is passed over") {
  std::vector<PodNetwork> pods(1);
  CHECK(AppendRow(MessageOf(RTM_NEWRULE), pods).ok());
  CHECK(pods == std::vector<PodNetwork>(1));
}

TEST_CASE("a pod that could not be looked into is left out, and why is told") {
  std::vector<PodNetwork> pods(1);
  CHECK_FALSE(AppendRow(MessageOf(NLMSG_ERROR), pods).ok());
  CHECK(pods.empty());
}

}  // namespace
}  // namespace caliwatch
