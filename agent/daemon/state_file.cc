// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/state_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string_view>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/analysis/state/state_comparison.h"
#include "lib/analysis/state/state_text.h"
#include "lib/node/read_file.h"
#include "lib/node/unique_fd.h"
#include "lib/node/untrusted_folder.h"

namespace caliwatch {
namespace {

constexpr size_t kMostBytes = size_t{32} << 20;  // a million routes

size_t HashOfRoutes(const PersistentState& state) {
  static_assert(std::has_unique_object_representations_v<ExpectedRoute>);
  size_t hash = 0;
  for (const ConvergenceState& family : state.convergence) {
    const std::vector<ExpectedRoute>& routes = family.expected.routes;
    const std::string_view bytes(reinterpret_cast<const char*>(routes.data()), routes.size() * sizeof(ExpectedRoute));
    hash = hash * 31 + std::hash<std::string_view>()(bytes);
  }
  return hash;
}

absl::Status Failed(absl::string_view doing, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing, " ", path));
}

// A new file whose contents are on the disk, or none.
absl::Status WriteFresh(const std::string& fresh, absl::string_view text) {
  // Whatever is there, a FIFO or a link, is not opened.
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) return Failed("remove", fresh);
  const UniqueFd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return Failed("make", fresh);
  absl::Status written;
  while (!text.empty() && written.ok()) {
    const ssize_t wrote = write(file.get(), text.data(), text.size());
    if (wrote >= 0) text.remove_prefix(static_cast<size_t>(wrote));
    if (wrote < 0 && errno != EINTR) written = Failed("write", fresh);
  }
  if (written.ok() && fsync(file.get()) != 0) written = Failed("write to the disk", fresh);
  if (!written.ok()) unlink(fresh.c_str());  // half a file on a full disk helps nobody
  return written;
}

// Makes the names in a folder outlast a loss of power.
absl::Status SyncFolder(const std::string& folder) {
  const UniqueFd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return Failed("open", folder);
  // Some file systems have nothing to do for a folder, and say so.
  return fsync(opened.get()) == 0 || errno == EINVAL ? absl::OkStatus() : Failed("write to the disk", folder);
}

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// At the limit of files or of memory, which may be a moment's.
constexpr int kAttempts = 10;
constexpr absl::Duration kBetweenAttempts = absl::Milliseconds(100);

}  // namespace

std::string BootId() {
  absl::StatusOr<std::string> id = ReadRegularFile("/proc/sys/kernel/random/boot_id", 1024);
  return id.ok() ? std::string(absl::StripAsciiWhitespace(*id)) : "";
}

absl::StatusOr<std::string> StateFile::Text() const {
  if (path_.empty()) return absl::NotFoundError("no state file is set");
  const absl::StatusOr<UntrustedFolder> folder = UntrustedFolder::Open(FolderOf(path_));
  if (!folder.ok()) return folder.status();
  return folder->Read(std::filesystem::path(path_).filename().native(), kMostBytes);
}

absl::StatusOr<PersistentState> StateFile::Peek() const {
  const absl::StatusOr<std::string> text = Text();
  return text.ok() ? PersistentStateFrom(*text, boot_id_) : text.status();
}

absl::StatusOr<PersistentState> StateFile::Load() {
  absl::StatusOr<std::string> text = Text();
  for (int attempt = 1; attempt < kAttempts && absl::IsResourceExhausted(text.status()); ++attempt) {
    absl::SleepFor(kBetweenAttempts);
    text = Text();
  }
  unread_ = !text.ok() && !absl::IsNotFound(text.status());
  if (!text.ok()) return text.status();
  absl::StatusOr<PersistentState> state = PersistentStateFrom(*text, boot_id_);
  if (state.ok()) {
    state->bird_expected = {};
    state->felix.answered = false;
    return state;
  }
  const std::string aside = absl::StrCat(path_, ".bad");
  const bool moved = rename(path_.c_str(), aside.c_str()) == 0;
  return absl::DataLossError(absl::StrCat("the state file ", path_, " cannot be used: ", state.status().message(),
                                          moved ? absl::StrCat("; it is now ", aside) : ""));
}

absl::Status StateFile::Save(const PersistentState& state) {
  if (path_.empty()) return absl::OkStatus();
  const size_t routes = HashOfRoutes(state);
  if (saved_ && routes == saved_routes_ && SameButRoutes(*saved_, state)) return absl::OkStatus();
  if (absl::Status written = Replace(StateText(state, boot_id_)); !written.ok()) return written;
  saved_ = state;
  for (ConvergenceState& family : saved_->convergence) family.expected.routes = {};
  saved_routes_ = routes;
  return absl::OkStatus();
}

// The contents reach the disk before the name does: after a loss of power there is the old file or the new one.
absl::Status StateFile::Replace(absl::string_view text) {
  if (text.size() > kMostBytes)
    return absl::ResourceExhaustedError(
        absl::StrCat("the state takes ", text.size(), " bytes, and ", path_, " gets ", kMostBytes, " at most"));
  const std::string fresh = absl::StrCat(path_, ".new"), aside = absl::StrCat(path_, ".unread");
  if (absl::Status written = WriteFresh(fresh, text); !written.ok()) return written;
  if (unread_ && rename(path_.c_str(), aside.c_str()) != 0 && errno != ENOENT) return Failed("set aside", path_);
  unread_ = false;
  if (rename(fresh.c_str(), path_.c_str()) != 0) return Failed("replace", path_);
  return SyncFolder(FolderOf(path_));
}

}  // namespace caliwatch
