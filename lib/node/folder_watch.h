// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <sys/types.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {

// Tells whether the files of a folder may have changed, by inotify(7): the kernel notes each change as it is made. Of a
// file that is a link, it notes nothing that happens behind the link.
class FolderWatch {
 public:
  explicit FolderWatch(std::string path) : path_(std::move(path)) {}

  // Since it was asked last; to be asked before the files are read. Also true where nobody can tell: the first time,
  // while there is no such folder, when another one has taken its place, and where the kernel watches no more folders.
  bool MayHaveChanged();

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(const Identity&) const = default;
  };

  Identity Look() const;
  void Begin(const Identity& folder);
  bool TakeEvents();

  std::string path_;
  UniqueFd events_;  // closed: nothing is watched
  Identity watched_;
};

}  // namespace caliwatch
