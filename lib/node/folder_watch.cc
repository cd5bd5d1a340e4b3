// SPDX-License-Identifier: Apache-2.0
#include "lib/node/folder_watch.h"

#include <array>
#include <cerrno>

#include <sys/inotify.h>
#include <sys/stat.h>

namespace caliwatch {
namespace {

constexpr uint32_t kChanges = IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MODIFY | IN_MOVE | IN_MOVE_SELF;

}  // namespace

bool FolderWatch::MayHaveChanged() {
  const Identity folder = Look();
  if (events_.is_open() && folder == watched_) return TakeEvents();
  Begin(folder);
  return true;
}

// Of nothing, where there is no such folder.
FolderWatch::Identity FolderWatch::Look() const {
  struct stat facts {};
  if (stat(path_.c_str(), &facts) != 0) return {};
  return {facts.st_dev, facts.st_ino};
}

void FolderWatch::Begin(const Identity& folder) {
  watched_ = folder;
  events_ = UniqueFd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  const bool watches = inotify_add_watch(events_.get(), path_.c_str(), kChanges | IN_ONLYDIR) >= 0;
  // Another may have taken its place in between.
  if (!watches || Look() != folder) events_.Close();
}

// Whether there were any.
bool FolderWatch::TakeEvents() {
  std::array<char, 4096> events;
  bool any = false;
  constexpr int kMost = 4096;  // whoever makes more meanwhile
  for (int i = 0; i < kMost && read(events_.get(), events.data(), events.size()) > 0; ++i) any = true;
  if (!any && errno != EAGAIN) events_.Close();
  return any || !events_.is_open();
}

}  // namespace caliwatch
