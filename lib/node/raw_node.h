// SPDX-License-Identifier: Apache-2.0
#pragma once

// The seam between the node and what we make of it: netlink messages as the kernel framed them, BIRD's answers as text,
// files as they are. Knows nothing of their meaning.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <linux/netlink.h>

#include "lib/node/kernel_dumps.h"
#include "lib/node/texts.h"

namespace caliwatch {

enum class BirdDaemon { kBird, kBird6 };
inline constexpr BirdDaemon kBirdDaemons[] = {BirdDaemon::kBird, BirdDaemon::kBird6};

// The only things ever asked of BIRD: constants, because an overlong line hangs it for ever.
enum class BirdQuestion { kStatus, kProtocols, kProtocolsAll, kRoutes, kWithheldRoutes };

// Who answers on BIRD's control socket.
struct BirdSocketInfo {
  absl::Time created;  // ctime of its file, which BIRD makes anew when it starts
  int pid = 0;         // 0: in another pid namespace than ours
};

// Of Calico's files of endpoints, each some 300 bytes: what is beyond is not read, however large it is.
inline constexpr size_t kMostEndpointFiles = 4096;
inline constexpr size_t kMostEndpointFileBytes = 64 << 10;
inline constexpr size_t kMostEndpointBytes = 4 << 20;  // of all together

struct NamedFile {
  std::string name;  // as the directory lists it
  absl::StatusOr<std::string> content;
};

// The error of one that comes after so many bytes.
absl::Status BeyondAll(absl::string_view path);

class RawNode {
 public:
  using OnMessage = absl::FunctionRef<void(const nlmsghdr&)>;

  virtual ~RawNode() = default;

  // With which TCP ports, at either end, sockets are dumped from now on; none: with any, which may be many thousands.
  // 179 alone before the first call. A recording has what it has.
  virtual void ChooseBgpPorts(const std::vector<uint16_t>&) {}

  // Streams one dump. What was delivered before an error is worthless. Aborted: the table changed meanwhile, ask again.
  virtual absl::Status Dump(KernelTable table, OnMessage on_message) = 0;

  // One whole answer, its last line included, without the greeting. NotFound: no socket. Unavailable: nobody listens.
  // ResourceExhausted: BIRD's queue of connections is full. DeadlineExceeded: silence, or half an answer. DataLoss:
  // BIRD hung up in the middle. PermissionDenied: the socket is not ours to open. An answer that is a refusal is an
  // answer.
  virtual absl::StatusOr<std::string> AskBird(BirdDaemon daemon, BirdQuestion question) = 0;

  // Of the BIRD that gave the last answer. NotFound: none did, or an old recording plays, which keeps no such facts.
  virtual absl::StatusOr<BirdSocketInfo> IdentifyBird(BirdDaemon daemon) = 0;

  // NotFound where Calico does not write it. Felix' health: as AskFelix() says.
  virtual absl::StatusOr<std::string> ReadText(TextSource file) = 0;

  // Every file of Calico's endpoint-status directory; NotFound where there is none. A file that cannot be read, or is
  // beyond the bounds above, carries its error.
  virtual absl::StatusOr<std::vector<NamedFile>> ReadEndpointFiles() = 0;
};

// "bird", "bird6", as the label `source` has them; "show protocols all", as BIRD is asked.
absl::string_view ToString(BirdDaemon daemon);
absl::string_view ToString(BirdQuestion question);

}  // namespace caliwatch
