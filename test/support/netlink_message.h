// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// A netlink message built by hand, framed by libnl.
class NetlinkMessage {
 public:
  // Without a header of its own: what PutNest() wants.
  explicit NetlinkMessage(int type = 0) : message_(nlmsg_alloc_simple(type, 0)) {}
  template <class Header>
  NetlinkMessage(int type, Header header) : NetlinkMessage(type) {
    nlmsg_append(message_.get(), &header, sizeof header, NLMSG_ALIGNTO);
    NoteEnd();
  }

  template <class Value>
  NetlinkMessage& Put(int type, const Value& value) {
    return PutBytes(type, &value, sizeof value);
  }
  NetlinkMessage& PutText(int type, absl::string_view text) { return PutBytes(type, text.data(), text.size()); }
  NetlinkMessage& PutAddress(int type, absl::string_view text) {
    const IpAddress address = IpAddress::Parse(text).value();
    return PutBytes(type, address.bytes.data(), address.size());
  }
  NetlinkMessage& PutBytes(int type, const void* bytes, size_t size) {
    nla_put(message_.get(), type, static_cast<int>(size), bytes);
    NoteEnd(nla_padlen(static_cast<int>(size)));
    return *this;
  }
  // What a message for itself holds behind its netlink header becomes one attribute of this one.
  NetlinkMessage& PutNest(int type, const NetlinkMessage& nest) {
    return PutBytes(type, nlmsg_data(&nest.get()), nlmsg_datalen(&nest.get()));
  }

  const nlmsghdr& get() const { return *nlmsg_hdr(message_.get()); }
  // The sizes at which the message could end without an attribute being cut: its padding may lack.
  const std::set<size_t>& ends() const { return ends_; }

 private:
  struct Free {
    void operator()(nl_msg* message) const { nlmsg_free(message); }
  };

  void NoteEnd(size_t padding = 0) {
    for (size_t bytes = 0; bytes <= padding; ++bytes) ends_.insert(get().nlmsg_len - bytes);
  }

  std::unique_ptr<nl_msg, Free> message_;
  std::set<size_t> ends_;
};

}  // namespace caliwatch
