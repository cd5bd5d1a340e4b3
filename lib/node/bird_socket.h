// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <sys/types.h>

#include "lib/node/deadline.h"
#include "lib/node/raw_node.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {

// One connection to BIRD's control socket: sends lines, and cuts replies by the grammar of BIRD's nest/cli.c. Errors
// are those of RawNode::AskBird and name the socket; after one, the connection is of no more use.
class BirdSocket {
 public:
  // Never waits. InvalidArgument: `path` is too long for a socket.
  static absl::StatusOr<BirdSocket> Connect(const std::string& path);

  absl::Status Send(absl::string_view line);
  // All lines up to the one that ends the reply. `what` it is the reply to is named by errors. Unavailable: BIRD hung
  // up without having begun it.
  absl::StatusOr<std::string> ReadReply(absl::string_view what, const Deadline& deadline, size_t most_bytes);

  BirdSocketInfo Facts() const;
  // For poll(): readable once more has come, or BIRD hung up.
  int fd() const { return fd_.get(); }
  // The whole lines that have come, of whatever kind. Never waits; empty: none yet. Unavailable: BIRD hung up.
  absl::StatusOr<std::string> ReadLines(size_t most_bytes);

  // False once the socket's file is gone or another one: what answers here is then not the BIRD that others would
  // reach.
  bool IsAtItsPath() const { return file_ == FileAt(path_); }

 private:
  // The inode number alone is used again by the next BIRD.
  struct File {
    dev_t device = 0;
    ino_t inode = 0;
    int64_t changed_ns = 0;
    bool operator==(const File&) const = default;
  };
  static File FileAt(const std::string& path);

  BirdSocket(std::string path, File file, UniqueFd fd) : path_(std::move(path)), file_(file), fd_(std::move(fd)) {}
  absl::Status Receive(absl::string_view what, const Deadline& deadline);

  std::string path_;
  File file_;
  UniqueFd fd_;
  std::string received_;    // and not yet handed out
  size_t without_end_ = 0;  // so many bytes of it are known to hold no end of a line
};

}  // namespace caliwatch
