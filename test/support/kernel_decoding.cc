// SPDX-License-Identifier: Apache-2.0
#include "test/support/kernel_decoding.h"

#include <cstring>
#include <memory>

#include <linux/rtnetlink.h>

namespace caliwatch {

std::vector<char> BytesOf(const nlmsghdr& message) {
  const auto* begin = reinterpret_cast<const char*>(&message);
  return std::vector<char>(begin, begin + message.nlmsg_len);
}

absl::Status DecodeByAll(const std::vector<char>& bytes, KernelRows& rows) {
  const std::unique_ptr<char[]> exact(new char[bytes.size()]);
  std::memcpy(exact.get(), bytes.data(), bytes.size());
  auto& message = *reinterpret_cast<nlmsghdr*>(exact.get());
  message.nlmsg_len = static_cast<uint32_t>(bytes.size());
  absl::Status status = AppendRow(message, rows.links);
  status.Update(AppendRow(message, rows.addresses));
  status.Update(AppendRow(message, rows.routes));
  status.Update(AppendRow(message, rows.neighbors));
  status.Update(AppendRow(message, rows.fdb));
  status.Update(AppendRow(message, rows.netconf));
  status.Update(AppendRow(message, rows.limits));
  status.Update(AppendRow(message, rows.rules));
  status.Update(AppendRow(message, rows.stats));
  // Of a pod's messages only the first is not another table's, too.
  if (message.nlmsg_type == RTM_NEWNSID) status.Update(AppendRow(message, rows.pods));
  return status;
}

}  // namespace caliwatch
