// SPDX-License-Identifier: Apache-2.0
#pragma once

// Words of BIRD, above all what its proto/bgp/bgp.c says of a session: in the column `info` of `show protocols`, and in
// "Last error:".

#include <absl/strings/string_view.h>

#include "lib/model/bird.h"

namespace caliwatch {

struct BgpInfo {
  absl::string_view
      state;  // "Established", "Passive"; empty when only an error is printed (protocol down or flushing), or nothing
  absl::string_view error;  // "Socket: Connection refused"
};
BgpInfo BgpInfoFrom(absl::string_view info);

// True at the place where the info column of a BGP protocol may begin.
bool StartsWithBgpInfo(absl::string_view text);

// Words of nest/proto.c, the same in `show protocols` and in BIRD's log.
ProtocolState ProtocolStateFrom(absl::string_view word);
BgpState BgpStateFrom(absl::string_view word);
PeerError PeerErrorFrom(absl::string_view text);

}  // namespace caliwatch
