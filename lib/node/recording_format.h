// SPDX-License-Identifier: Apache-2.0
#pragma once

// The folder that RecordingNode writes and RecordedNode plays: each source one file, as it came from the node.
//
//   recording.txt                     format, time, kernel, what was asked for; written last
//   kernel/links.netlink              the messages of one dump, each aligned to 4 bytes, in the recorder's byte order
//   bird/show_status.txt  bird6/…     answers
//   bird/socket.txt                   who answered: BirdSocketInfo
//   calico/nodename  calico/mtu       files
//   calico/endpoint-status/<name>     files, whose names have other than printable ASCII escaped as in C
//   agent/state                       the state file of the agent on that node
//   <any of these>.error              instead of it, where it could not be read: the status code, then the message
//   look-2/                           the same node some seconds later, a recording like this one without the agent's
//
// Older recordings have no agent, no socket.txt, no second look and no list of what was asked for.

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/raw_node.h"

namespace caliwatch {

inline constexpr absl::string_view kRecordingHeadFile = "recording.txt";
inline constexpr absl::string_view kRecordedEndpointFolder = "calico/endpoint-status";
inline constexpr absl::string_view kRecordedErrorSuffix = ".error";
inline constexpr absl::string_view kRecordedAgentState = "agent/state";
inline constexpr absl::string_view kSecondLook = "look-2";

// Paths below the recording's folder.
std::string RecordedPath(KernelTable table);
std::string RecordedPath(BirdDaemon daemon, BirdQuestion question);
std::string RecordedPath(TextSource file);
std::string RecordedSocketPath(BirdDaemon daemon);

// An endpoint file's name as it stands in a recording, and back. InvalidArgument: not such a name.
std::string RecordedName(absl::string_view name);
absl::StatusOr<std::string> NameFromRecorded(absl::string_view recorded);

std::string RecordedError(const absl::Status& error);
// The error that `recorded`, the content of `path`, holds; DataLoss, naming `path`, when it holds none.
absl::Status ErrorFromRecorded(absl::string_view path, absl::string_view recorded);

std::string RecordedSocket(const BirdSocketInfo& info);
// InvalidArgument: it holds none.
absl::StatusOr<BirdSocketInfo> SocketFromRecorded(absl::string_view recorded);

struct RecordingHead {
  absl::Time taken_at;
  std::string kernel;                        // as `uname -srm` prints it
  absl::Duration up = absl::ZeroDuration();  // since the machine's boot
  std::string boot_id = {};                  // which boot it was, for moments in the agent's state; empty: unknown
  int looks = 1;                             // 2: there is a second one
  bool anonymized = false;                   // names and addresses are not the node's
  std::optional<std::set<std::string>> holds = {};  // paths of the sources that were asked for; absent: not listed
  // Which version of what made it or answered, as {"caliwatch", "0.1.0"}; for people alone, and not read again.
  std::vector<std::pair<std::string, std::string>> versions = {};

  // Whether `path` was asked for. Where that is not listed, what older recordings hold was.
  bool Holds(absl::string_view path) const;
};
std::string RecordingHeadText(const RecordingHead& head);
// FailedPrecondition: of a format that this version does not know. InvalidArgument: no head at all, or a damaged one.
absl::StatusOr<RecordingHead> RecordingHeadFrom(absl::string_view text);

}  // namespace caliwatch
