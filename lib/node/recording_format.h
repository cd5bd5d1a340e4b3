// SPDX-License-Identifier: Apache-2.0
#pragma once

// The folder that RecordingNode writes and RecordedNode plays: each source one file, as it came from the node.
//
//   recording.txt                     format, time and kernel; written last
//   kernel/links.netlink              the messages of one dump, each aligned to 4 bytes, in the recorder's byte order
//   bird/show_status.txt  bird6/…     answers
//   calico/nodename  calico/mtu       files
//   calico/endpoint-status/<name>     files, whose names have other than printable ASCII escaped as in C
//   <any of these>.error              instead of it, where it could not be read: the status code, then the message

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/raw_node.h"

namespace caliwatch {

inline constexpr absl::string_view kRecordingHeadFile = "recording.txt";
inline constexpr absl::string_view kRecordedEndpointFolder = "calico/endpoint-status";
inline constexpr absl::string_view kRecordedErrorSuffix = ".error";

// Paths below the recording's folder.
std::string RecordedPath(KernelTable table);
std::string RecordedPath(BirdDaemon daemon, BirdQuestion question);
std::string RecordedPath(TextSource file);

// An endpoint file's name as it stands in a recording, and back. InvalidArgument: not such a name.
std::string RecordedName(absl::string_view name);
absl::StatusOr<std::string> NameFromRecorded(absl::string_view recorded);

std::string RecordedError(const absl::Status& error);
// The error that `recorded`, the content of `path`, holds; DataLoss, naming `path`, when it holds none.
absl::Status ErrorFromRecorded(absl::string_view path, absl::string_view recorded);

struct RecordingHead {
  absl::Time taken_at;
  std::string kernel;  // as `uname -srm` prints it
};
std::string RecordingHeadText(const RecordingHead& head);
// FailedPrecondition: of a format that this version does not know. InvalidArgument: no head at all.
absl::StatusOr<RecordingHead> RecordingHeadFrom(absl::string_view text);

}  // namespace caliwatch
