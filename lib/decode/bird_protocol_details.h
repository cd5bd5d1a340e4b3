// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/strings/string_view.h>

#include "lib/model/bird.h"

namespace caliwatch {

// Takes the lines that `show protocols all` has below a protocol's row (code 1006), one after the other. BIRD 2.x and
// later print routes and recovery by channel, an address family each: a peer's are those of the channel of its own
// address family, and without such a channel, like any other protocol's, those of its first one.
class ProtocolDetails {
 public:
  // Both must outlive this. `peer` is `protocol` when it speaks BGP, else null.
  ProtocolDetails(BirdProtocol& protocol, BgpPeer* peer) : protocol_(protocol), peer_(peer) {}

  void Read(absl::string_view line);

 private:
  void EnterChannel(absl::string_view name);

  BirdProtocol& protocol_;
  BgpPeer* peer_;
  bool seen_channel_ = false;
  bool ignore_channel_ = false;
};

}  // namespace caliwatch
