// SPDX-License-Identifier: Apache-2.0
#include "lib/node/untrusted_folder.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/node/read_file.h"

namespace caliwatch {
namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Says what a link is before openat() calls it "not a directory".
absl::Status CheckKind(int folder, const std::string& name, absl::string_view full, mode_t kind) {
  struct stat about {};
  if (fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return CannotRead(full, errno);
  if (S_ISLNK(about.st_mode)) return UnfitFile(full, "it is a symbolic link, which is not followed");
  if ((about.st_mode & S_IFMT) == kind) return absl::OkStatus();
  return UnfitFile(full, kind == S_IFDIR ? "it is not a folder" : "it is not a regular file");
}

}  // namespace

absl::StatusOr<UntrustedFolder> UntrustedFolder::Open(std::string path) {
  UniqueFd fd(open(path.c_str(), kFolder));
  if (!fd.is_open()) return CannotRead(path, errno);
  return UntrustedFolder(std::move(path), std::move(fd));
}

absl::StatusOr<UntrustedFolder> UntrustedFolder::Inner(absl::string_view path) const {
  UniqueFd at(openat(fd_.get(), ".", kFolder));
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(path, '/', absl::SkipEmpty()))) {
    if (!at.is_open()) return CannotRead(Full(path), errno);
    if (absl::Status kind = CheckKind(at.get(), name, Full(path), S_IFDIR); !kind.ok()) return kind;
    at = UniqueFd(openat(at.get(), name.c_str(), kFolder | O_NOFOLLOW));
  }
  if (!at.is_open()) return CannotRead(Full(path), errno);
  return UntrustedFolder(Full(path), std::move(at));
}

absl::StatusOr<std::string> UntrustedFolder::Read(absl::string_view path, size_t most_bytes) const {
  const size_t slash = path.rfind('/');
  const std::string name(path.substr(slash == absl::string_view::npos ? 0 : slash + 1));
  absl::StatusOr<UntrustedFolder> folder = Inner(slash == absl::string_view::npos ? "" : path.substr(0, slash));
  if (!folder.ok()) return folder.status();
  const std::string full = Full(path);
  if (absl::Status kind = CheckKind(folder->fd_.get(), name, full, S_IFREG); !kind.ok()) return kind;
  // O_NONBLOCK: who puts a FIFO in its place just now does not make us wait.
  const UniqueFd file(
      openat(folder->fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) return CannotRead(full, errno);
  return ReadOpenFile(file.get(), full, most_bytes);
}

absl::StatusOr<std::vector<std::string>> UntrustedFolder::List(absl::string_view path, size_t most_entries) const {
  absl::StatusOr<UntrustedFolder> folder = Inner(path);
  if (!folder.ok()) return folder.status();
  const std::unique_ptr<DIR, CloseFolder> listed(fdopendir(folder->fd_.get()));
  if (listed == nullptr) return CannotRead(Full(path), errno);
  folder->fd_.Release();  // the listing closes it
  std::vector<std::string> names;
  while (const dirent* entry = readdir(listed.get())) {
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == most_entries)
      return absl::ResourceExhaustedError(absl::StrCat(Full(path), " holds more than ", most_entries, " files"));
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string UntrustedFolder::Full(absl::string_view path) const {
  return path.empty() ? path_ : absl::StrCat(path_, "/", path);
}

}  // namespace caliwatch
